// Names the editing area for screen readers, and tells it its language, so that spelling is checked in the right one.
document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  const area = editor.view.dom;
  area.setAttribute("role", "textbox");
  area.setAttribute("aria-multiline", "true");
  if (textarea.lang) area.lang = textarea.lang;
  if (label) {
    area.setAttribute("aria-label", label.textContent.trim().replace(/:$/, ""));
    label.addEventListener("click", () => editor.commands.focus());
  }
});
