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
  return body.innerHTML;
};

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
  editor.setOptions({ editorProps: { transformPastedHTML: cleaned } });
});
