// Gives the picture that was clicked to what opened this window: the editor, or a field for one picture.
const list = document.querySelector("[data-picker]");
list?.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-address]");
  if (!button || !window.opener) return;
  const { address, alt, caption, number } = button.dataset;
  if (list.dataset.target) {
    const picture = { target: list.dataset.target, number, name: button.querySelector("[data-name]").textContent, src: button.querySelector("img").src };
    window.opener.postMessage({ picture }, window.location.origin);
  } else {
    const tools = window.opener.CKEDITOR?.tools; // the editor's own door for pickers
    if (!tools) return;
    tools.callFunction(list.dataset.picker, address, { alternative_text: alt, caption });
  }
  window.close();
});
