// A choice shows at once; a click into a link's field marks all of it.
const choice = document.querySelector("[data-preview-choice]");
choice?.addEventListener("change", () => choice.requestSubmit());
for (const input of document.querySelectorAll("[data-select]")) input.addEventListener("focus", () => input.select());
