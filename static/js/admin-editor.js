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
  const pictures = placing(editor, textarea);
  editor.setOptions({
    editorProps: {
      transformPastedHTML: cleaned,
      handleDrop: (view, event) => pictures(event.dataTransfer?.files, view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos),
      handlePaste: (view, event) => !event.clipboardData?.types.includes("text/html") && pictures(event.clipboardData?.files, view.state.selection.to),
    },
  });
});

// A picture file that is dropped or pasted goes into the library, then below the paragraph where it was dropped, and the
// editor's own window asks for the words that stand for it.
const placing = (editor, textarea) => {
  const said = Object.assign(document.createElement("p"), { className: "help" });
  said.setAttribute("role", "status");
  (editor.view.dom.closest(".prose-editor") ?? editor.view.dom).after(said);
  const say = (text) => {
    said.textContent = text;
  };

  const upload = async (file) => {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", textarea.form.elements.csrfmiddlewaretoken.value);
    data.set("files", file, file.name);
    const response = await fetch(textarea.dataset.upload, { method: "POST", body: data, headers: { "X-Fragment": "1" }, redirect: "error" });
    if (!response.ok) throw new Error(response.status);
    return document.createRange().createContextualFragment(await response.text());
  };
  const asked = (place) => new Promise((done) => {
    editor.chain().focus().setNodeSelection(place).run();
    editor.commands.editImage();
    const box = document.querySelector("dialog[open]");
    if (!box) return done();
    box.querySelector("[name=altText]")?.focus();
    const gone = new MutationObserver(() => {
      if (box.isConnected) return;
      gone.disconnect();
      done();
    });
    return gone.observe(document.body, { childList: true, subtree: true });
  });
  const place = async (files, position) => {
    let at = position;
    const follow = ({ transaction }) => {
      at = transaction.mapping.map(at);
    };
    editor.on("transaction", follow);
    const refused = [];
    for (const file of files) {
      say(gettext("%s is being sent …").replace("%s", file.name));
      let answer;
      try {
        answer = await upload(file);
      } catch {
        refused.push(`${file.name}: ${gettext("the server did not take it")}`);
        continue;
      }
      const picture = answer.querySelector("[data-address]");
      if (!picture) {
        refused.push(`${file.name}: ${answer.querySelector(".upload-result__error")?.textContent}`);
        continue;
      }
      const { address, alt } = picture.dataset;
      const inside = editor.state.doc.resolve(Math.min(at, editor.state.doc.content.size));
      const below = inside.depth ? inside.after(1) : inside.pos;
      editor.commands.insertContentAt(below, { type: "figure", content: [{ type: "image", attrs: { src: address, alt } }] });
      say(gettext("%s is in the library and in the text.").replace("%s", file.name));
      await asked(below + 1);
      at = Math.min(below + 2, editor.state.doc.content.size);
    }
    editor.off("transaction", follow);
    if (refused.length) say(refused.join(" "));
  };
  return (files, position) => {
    const pictures = [...files ?? []].filter((file) => file.type.startsWith("image/"));
    if (!pictures.length || position === undefined) return false;
    place(pictures, position);
    return true;
  };
};

// A file that is dropped beside the text must not take the page away.
for (const kind of ["dragover", "drop"]) {
  window.addEventListener(kind, (event) => {
    if (event.dataTransfer?.types.includes("Files") && !event.target.closest?.("input[type=file]")) event.preventDefault();
  });
}
