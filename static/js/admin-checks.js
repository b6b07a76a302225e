// Leads from what the checks found to the place in the form, inside the rich text editor too; and checks unsaved text
// without leaving the page. Without this script the links lead to the fields, and the button shows the page again.
const form = document.querySelector("#article_form");
const editors = new Map(); // textarea: editor

document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => editors.set(textarea, editor));

// The place of words, of a link or of a picture in the editor's document: {from, to}, or undefined.
const placeIn = (doc, { quote, href, token }) => {
  let found;
  doc.descendants((node, position) => {
    if (found) return false;
    if (token && node.attrs.src?.includes(token)) found = { from: position, to: position + node.nodeSize };
    if (href && node.isText && node.marks.some((mark) => mark.attrs.href === href)) {
      found = { from: position, to: position + node.nodeSize };
    }
    if (quote && node.isTextblock) {
      // A leaf, as a line break, is one place and no letter: it stands for itself.
      const start = node.textBetween(0, node.content.size, undefined, "\ufffc").indexOf(quote);
      if (start >= 0) found = { from: position + 1 + start, to: position + 1 + start + quote.length };
    }
    return !found;
  });
  return found;
};

const jump = (link) => {
  const target = document.getElementById(link.hash.slice(1));
  if (!target) return false;
  const details = target.closest("details");
  if (details) details.open = true;
  const editor = editors.get(target);
  if (editor) {
    const place = placeIn(editor.state.doc, link.dataset);
    editor.commands.focus();
    if (place) editor.commands.setTextSelection(place);
    editor.commands.scrollIntoView();
    editor.view.dom.scrollIntoView({ block: "nearest" });
    const { node } = editor.view.domAtPos(editor.state.selection.from);
    (node instanceof Element ? node : node.parentElement).scrollIntoView({ block: "center" });
    return true;
  }
  if (!target.matches("input, textarea, select, button, a")) target.tabIndex = -1;
  target.scrollIntoView({ block: "center" });
  (target.matches(".select2-hidden-accessible") ? target.nextElementSibling?.querySelector("[tabindex]") ?? target : target)
    .focus({ preventScroll: true });
  const start = link.dataset.quote ? target.value?.indexOf(link.dataset.quote) ?? -1 : -1;
  if (start >= 0 && target.setSelectionRange) target.setSelectionRange(start, start + link.dataset.quote.length);
  return true;
};

// Sends the form as the button would, and shows what the answer says of each language.
const check = async (button) => {
  const body = new FormData(form, button);
  button.setAttribute("aria-busy", "true");
  try {
    const headers = { "X-Requested-With": "fetch" }; // asks for the findings alone
    const response = await fetch(form.action, { method: "POST", body, headers, redirect: "manual", signal: AbortSignal.timeout(20000) });
    if (!response.ok) return false;
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = [...answer.querySelectorAll("[data-checks]")];
    if (!fresh.length) return false;
    for (const box of fresh) {
      const code = box.dataset.checks;
      const old = document.querySelector(`[data-checks="${code}"]`);
      if (!old) continue;
      old.replaceChildren(...box.childNodes);
      if (code === button.value) {
        const head = old.querySelector(".checks__head") ?? old;
        head.setAttribute("role", "status");
        old.querySelector("[data-check]").focus();
      }
    }
    return true;
  } catch {
    return false;
  } finally {
    button.removeAttribute("aria-busy");
  }
};

if (form) {
  form.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-jump]");
    if (link) {
      if (jump(link)) event.preventDefault();
      return;
    }
    const button = event.target.closest("button[data-check]");
    if (!button || button.dataset.plain) return;
    event.preventDefault();
    if (await check(button)) return;
    button.dataset.plain = "1"; // the whole page then, as without a script
    button.click();
  });
}
