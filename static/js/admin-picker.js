// Gives the picture that was clicked to the editor that opened this window.
const list = document.querySelector("[data-picker]");
list?.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-address]");
  const tools = window.opener?.CKEDITOR?.tools; // the editor's own door for pickers
  if (!button || !tools) return;
  const { address, alt, caption } = button.dataset;
  tools.callFunction(list.dataset.picker, address, { alternative_text: alt, caption });
  window.close();
});
