// A reader marks a mistake and reports it: Ctrl + Enter, Cmd + Enter, or the button that appears at the selection.
// The text is normalised as comments/typos.py does it; tests/data/typos.json holds for both.

const MAX_QUOTE = 250;
const CONTEXT = 200;
const SPACES = /[ \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;
const INVISIBLE = /[\u00ad\u200b\u2060\ufeff]/g;
const BLOCKS = "p, h1, h2, h3, h4, li, tr, blockquote, figcaption, caption, br, td, th, div, figure";
const NOT_TEXT = "script, style, template, button, [hidden], [data-typo-skip], .visually-hidden";

export const collapse = (text) => text.normalize("NFC").replace(INVISIBLE, "").replace(SPACES, " ");
export const normalise = (text) => collapse(text).replace(/^ +| +$/g, "");
const last = (text, number) => [...text].slice(-number).join("");
const first = (text, number) => [...text].slice(0, number).join("");

// The text of a range, blocks apart by a space: textContent would glue the end of one paragraph to the next one.
// A block in whose midst the range ends has not ended there.
function textOf(range) {
  const holder = document.createElement("div");
  holder.append(range.cloneContents());
  const going = new Set();
  for (let node = holder.lastChild; node; node = node.lastChild) going.add(node);
  for (const element of holder.querySelectorAll(NOT_TEXT)) element.remove();
  for (const block of holder.querySelectorAll(BLOCKS)) if (!going.has(block)) block.after(" ");
  return holder.textContent;
}

function part(field, from, to) {
  const range = document.createRange();
  range.selectNodeContents(field);
  if (from) range.setStart(...from);
  if (to) range.setEnd(...to);
  return collapse(textOf(range));
}

const fieldOf = (node) => (node instanceof Element ? node : node?.parentElement)?.closest("[data-typo-field]");

// What is selected: {quote, prefix, suffix, field}, or {problem}.
function selected(article) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return { problem: "none" };
  const range = selection.getRangeAt(0).cloneRange();
  // A triple click ends at the start of the next block: then the end belongs to the last text before it.
  let end = range.endContainer;
  if (range.endOffset === 0 && fieldOf(range.startContainer) !== fieldOf(end)) {
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
    walker.currentNode = end;
    let previous = walker.previousNode();
    while (previous && !previous.data.trim()) previous = walker.previousNode();
    if (previous && range.comparePoint(previous, previous.length) === 0) {
      range.setEnd(previous, previous.length);
      end = previous;
    }
  }
  const field = fieldOf(range.startContainer);
  const other = fieldOf(range.endContainer);
  if (!field || !other || !article.contains(field) || !article.contains(other)) return { problem: "outside" };
  if (field !== other) return { problem: "several" };
  const quote = normalise(textOf(range));
  if (!quote) return { problem: "none" };
  if ([...quote].length > MAX_QUOTE) return { problem: "long" };
  return {
    quote,
    field: field.dataset.typoField,
    prefix: last(part(field, null, [range.startContainer, range.startOffset]), CONTEXT).replace(/^ +/, ""),
    suffix: first(part(field, [range.endContainer, range.endOffset], null), CONTEXT).replace(/ +$/, ""),
  };
}

function start(article) {
  const find = (name) => document.querySelector(`[data-typo-${name}]`);
  const dialog = find("dialog");
  const form = find("form");
  const button = find("button");
  const note = find("message");
  const errors = find("errors");
  const done = find("done");
  if (!dialog?.showModal || !form) return;
  const address = article.dataset.typoUrl || form.action;
  let found = null;
  let opener = null; // where the focus was, and what was selected, when the dialog opened
  let marked = null;
  let hiding;

  const keys = find("keys");
  if (keys) keys.hidden = false;

  function say(problem) {
    note.textContent = note.dataset[problem];
    note.hidden = false;
    clearTimeout(hiding);
    hiding = setTimeout(() => { note.hidden = true; }, 8000);
  }

  function tell(lines) {
    errors.replaceChildren(...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })));
    errors.hidden = !lines.length;
  }

  function ask(report) {
    if (report.problem) return say(report.problem);
    opener = document.activeElement;
    marked = getSelection().getRangeAt(0).cloneRange();
    note.hidden = true;
    button.hidden = true;
    // The same words again: what was typed about them before is still there.
    if (found?.quote !== report.quote || found?.prefix !== report.prefix) {
      form.elements.correction.value = report.quote;
      form.elements.remark.value = "";
    }
    found = report;
    const mark = Object.assign(document.createElement("mark"), { textContent: report.quote });
    const before = last(report.prefix, 80);
    const after = first(report.suffix, 80);
    const context = find("context");
    context.lang = article.lang || document.documentElement.lang;
    context.replaceChildren(
      before.length < report.prefix.length ? "…" : "", before, mark, after, after.length < report.suffix.length ? "…" : "",
    );
    tell([]);
    form.hidden = false;
    done.hidden = true;
    dialog.showModal();
    form.elements.correction.focus();
    form.elements.correction.select();
  }

  async function send(event) {
    event.preventDefault();
    const submit = find("send");
    if (submit.disabled) return;
    submit.disabled = true;
    tell([]);
    const body = new URLSearchParams({
      ...found,
      version: article.dataset.version ?? "",
      correction: form.elements.correction.value,
      remark: form.elements.remark.value,
    });
    const url = new URL(address, location.href);
    url.searchParams.set("fragment", "1");
    try {
      const response = await fetch(url, { method: "POST", body, credentials: "omit" });
      const answer = await response.json().catch(() => ({}));
      if (response.ok && answer.message) {
        find("thanks").textContent = answer.message;
        form.hidden = true;
        done.hidden = false;
        find("close").focus();
        found = null;
      } else {
        tell(answer.errors?.length ? answer.errors : [dialog.dataset.refused]);
      }
    } catch {
      tell([dialog.dataset.network]);
    } finally {
      submit.disabled = false;
    }
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (dialog.open) return;
    if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    ask(selected(article));
  });

  // The button stands below the end of the selection; at the foot of a small screen, where touch menus do not cover it.
  let waiting;
  document.addEventListener("selectionchange", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (dialog.open) return;
      const report = selected(article);
      const offered = !report.problem || report.problem === "long";
      button.hidden = !offered;
      if (!offered) return;
      const box = getSelection().getRangeAt(0).getBoundingClientRect();
      button.style.top = `${box.bottom + scrollY + 8}px`;
      button.style.left = `${Math.max(8, Math.min(box.right + scrollX, scrollX + document.documentElement.clientWidth - button.offsetWidth - 8))}px`;
    }, 200);
  });
  // Pressing the button must not end the selection.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", () => ask(selected(article)));

  form.addEventListener("submit", send);
  find("cancel").addEventListener("click", () => dialog.close());
  find("close").addEventListener("click", () => dialog.close());
  // Back to where the reader was: the words are marked again, and the button at them stands in for an opener that is gone.
  dialog.addEventListener("close", () => {
    getSelection().removeAllRanges();
    getSelection().addRange(marked);
    if (opener !== button) return;
    button.hidden = false;
    button.focus({ preventScroll: true });
  });

  // The link for readers without a script: with a selection it opens the dialog.
  const link = find("link");
  link?.addEventListener("pointerdown", (event) => { if (!selected(article).problem) event.preventDefault(); });
  link?.addEventListener("click", (event) => {
    const report = selected(article);
    if (report.problem && report.problem !== "long") return;
    event.preventDefault();
    ask(report);
  });
}

const article = document.querySelector("article[data-article]");
if (article) start(article);
