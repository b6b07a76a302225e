// What Django's admin and its Select2 leave without a name for a screen reader: boxes that search, lists of choices,
// fields in the rows of a list, the empty heading of a column in which nothing stands.

const roots = "select.admin-autocomplete, select.select2-hidden-accessible";

function nameOf(select) {
  const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
  const heading = select.closest("td") && document.querySelector(`.column-${select.name.split("-").at(-1)}`);
  return (label ?? heading)?.textContent.trim().replace(/:$/, "") || select.name;
}

function nameAll() {
  for (const select of document.querySelectorAll(roots)) {
    const box = select.nextElementSibling;
    if (!box?.matches(".select2")) continue;
    const name = nameOf(select);
    for (const element of box.querySelectorAll(".select2-selection, .select2-search__field, [role=textbox]")) {
      if (element.getAttribute("aria-label") !== name) element.setAttribute("aria-label", name);
      if (element.hasAttribute("aria-labelledby")) element.removeAttribute("aria-labelledby");
    }
    for (const element of box.querySelectorAll("ul, li")) {
      if (!element.hasAttribute("role")) element.setAttribute("role", "presentation");
    }
  }
  for (const field of document.querySelectorAll(".select2-dropdown .select2-search__field:not([aria-label])")) {
    field.setAttribute("aria-label", document.querySelector(".select2-container--open .select2-selection")?.getAttribute("aria-label") ?? "");
  }
  for (const field of document.querySelectorAll("#result_list td :is(input:not([type=hidden]), select):not([aria-label])")) {
    if (!field.labels?.length) field.setAttribute("aria-label", nameOf(field));
  }
  for (const heading of document.querySelectorAll("th.original:empty:not([role])")) heading.setAttribute("role", "presentation");
}

addEventListener("load", () => {
  nameAll();
  let asked = false;
  new MutationObserver(() => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      nameAll();
    });
  }).observe(document.body, { childList: true, subtree: true });
});
