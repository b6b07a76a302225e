// Puts the editor's tooltips, menus and questions into the language of the desk, where the package wrote them in English.
// Names the editing area for screen readers, tells it its language, so that spelling is checked in the right one, and
// reads what Word, Google Docs and web pages put on the clipboard: bold and italics stay, all other style goes. The
// server cleans again; here it keeps the content security policy from complaining about each style attribute.
const cleaned = (html) => {
  const inert = html
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<(style|script|xml|title)\b[\s\S]*?<\/\1>/gi, "")
    .replace(/(<[a-z][^>]*?\s)style(\s*=)/gi, "$1data-pasted-style$2");
  const { body } = new DOMParser().parseFromString(inert, "text/html");
  for (const element of [...body.querySelectorAll("[data-pasted-style]")].reverse()) {
    const style = element.dataset.pastedStyle.toLowerCase();
    const weight = /(?:^|[;\s])font-weight:\s*(\w+)/.exec(style)?.[1];
    const slant = /(?:^|[;\s])font-style:\s*(\w+)/.exec(style)?.[1];
    element.removeAttribute("data-pasted-style");
    const inList = /mso-list:\s*(?:(ignore)|l\d+\s+level([1-9]))/.exec(style);
    if (inList?.[1]) element.dataset.wordDrawn = "";
    else if (inList && element.tagName === "P") element.dataset.wordList = inList[2];
    if (/^(B|STRONG)$/.test(element.tagName) && (weight === "normal" || Number(weight) < 600)) {
      element.replaceWith(...element.childNodes); // Google Docs wraps all that it copies in such a one
    } else if (element.tagName === "SPAN") {
      for (const [wanted, tag] of [[weight === "bold" || Number(weight) >= 600, "strong"], [slant === "italic", "em"]]) {
        if (!wanted) continue;
        const wrapper = document.createElement(tag);
        wrapper.append(...element.childNodes);
        element.append(wrapper);
      }
    }
  }
  listsFromWord(body);
  return body.innerHTML;
};

// Word writes a list as paragraphs with drawn bullets or numbers: <p style="mso-list:l0 level1 lfo1">.
const listsFromWord = (body) => {
  let open = []; // the lists that are open, the innermost last
  let before = null;
  for (const paragraph of body.querySelectorAll("p[data-word-list]")) {
    const level = Number(paragraph.dataset.wordList);
    const drawn = paragraph.querySelector("[data-word-drawn]");
    const kind = /^[\s\u00a0]*[\p{L}\p{N}]{1,4}[.)]/u.test(drawn?.textContent ?? "") ? "ol" : "ul";
    drawn?.remove();
    if (paragraph.previousElementSibling !== before) open = [];
    open.length = Math.min(open.length, level);
    while (open.length < level) {
      const list = document.createElement(kind);
      if (open.length) (open.at(-1).lastElementChild ?? open.at(-1)).append(list);
      else paragraph.before(list);
      open.push(list);
    }
    const item = document.createElement("li");
    item.append(...paragraph.childNodes);
    open.at(-1).append(item);
    paragraph.remove();
    before = open[0];
  }
};

// The package's English words that its own translation does not reach.
const translated = (root) => {
  for (const name of ["title", "aria-label"]) {
    for (const element of root.querySelectorAll(`[${name}]`)) {
      const text = gettext(element.getAttribute(name));
      if (text !== element.getAttribute(name)) element.setAttribute(name, text);
    }
  }
  for (const element of root.querySelectorAll("button, option, p, h1, h2, h3, h4, h5, h6")) {
    const only = element.childNodes.length === 1 && element.firstChild;
    if (only?.nodeType === Node.TEXT_NODE && !element.closest("[contenteditable], .material-icons")) {
      const text = gettext(only.data.trim());
      if (text !== only.data) only.data = text;
    }
  }
};
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) {
    for (const node of addedNodes) {
      if (!(node instanceof Element)) continue;
      if (node.matches("dialog")) translated(node);
      for (const bar of node.matches(".prose-menubar") ? [node] : node.querySelectorAll(".prose-menubar")) translated(bar);
    }
  }
}).observe(document.body, { childList: true, subtree: true });

document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  const area = editor.view.dom;
  setTimeout(() => translated(area.closest(".prose-editor") ?? area.parentElement)); // its bar may come a moment later
  area.setAttribute("role", "textbox");
  area.setAttribute("aria-multiline", "true");
  if (textarea.lang) area.lang = textarea.lang;
  if (label) {
    area.setAttribute("aria-label", label.textContent.trim().replace(/:$/, ""));
    label.addEventListener("click", () => editor.commands.focus());
  }
  editor.setOptions({ editorProps: { transformPastedHTML: cleaned } });
});
