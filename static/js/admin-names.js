// What Django's admin and its Select2 leave without a name for a screen reader, or name in English alone: boxes that search,
// lists of choices, fields in the rows of a list, files, small pictures, the empty heading of a column in which nothing stands.

const words = document.querySelector("meta[name=desk-words]").dataset;
const roots = "select.admin-autocomplete, select.select2-hidden-accessible";

function nameOf(select) {
  const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
  const cell = select.closest("td");
  const heading = cell && (cell.closest("table").querySelector(`.column-${select.name.split("-").at(-1)}`)
    ?? cell.closest("table").tHead?.rows[0].cells[cell.cellIndex]);
  const legend = select.closest("fieldset:not(.module)")?.querySelector("legend");
  return (label ?? heading ?? legend)?.textContent.trim().replace(/:$/, "") || select.name;
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
  const open = document.querySelector(".select2-container--open .select2-selection");
  const opened = open?.getAttribute("aria-label") ?? "";
  if (open?.hasAttribute("aria-owns")) open.setAttribute("aria-controls", open.getAttribute("aria-owns"));
  for (const field of document.querySelectorAll(".select2-dropdown .select2-search__field:not([aria-label])")) {
    field.setAttribute("aria-label", opened);
  }
  for (const list of document.querySelectorAll("body > .select2-container:not([role])")) {
    list.setAttribute("role", "region");
    list.setAttribute("aria-label", opened);
  }
  for (const field of document.querySelectorAll(":is(:is(#result_list, .tabular) td, .form-row fieldset) :is(input:not([type=hidden]), select, textarea):not([aria-label])")) {
    if (!field.labels?.length) field.setAttribute("aria-label", nameOf(field));
  }
  for (const picture of document.querySelectorAll('img:is([alt="Search"], [alt="True"], [alt="False"], [alt="None"])')) {
    picture.alt = words[picture.alt.toLowerCase()];
  }
  for (const help of document.querySelectorAll(".help-tooltip[aria-label]:not([role])")) help.setAttribute("role", "img");
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
