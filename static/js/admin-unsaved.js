// Asks before a page with unsaved text is left.
const form = document.querySelector("#page_form");
if (form) {
  let touched = Boolean(document.querySelector(".errornote, .conflict"));
  form.addEventListener("input", () => { touched = true; });
  form.addEventListener("submit", () => { touched = false; });
  window.addEventListener("beforeunload", (event) => {
    if (touched) event.preventDefault();
  });
}
