// A reader marks a mistake and reports it: Ctrl + Enter, Cmd + Enter, or the button that appears at the selection.
// The text is normalised as comments/quotes.py does it; tests/data/typos.json holds for both.

const MAX_QUOTE = 250;
const CONTEXT = 200;
const RETRIES = [4000, 12000, 30000];
const SPACES = /[ \t\n\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g;
const INVISIBLE = /[\u00ad\u200b\u2060\ufeff]/g;
const BLOCKS = "p, h1, h2, h3, h4, br, hr, ul, ol, li, blockquote, figure, figcaption, table, caption, thead, tbody, tfoot, tr, th, td, div";
const NOT_TEXT = "script, style, template, button, [hidden], [data-typo-skip], [data-typo-field], .video, .visually-hidden";

export const collapse = (text) => text.replace(INVISIBLE, "").normalize("NFC").replace(SPACES, " ");
export const normalise = (text) => collapse(text).replace(/^ +| +$/g, "");
const last = (text, number) => [...text].slice(-number).join("");
const first = (text, number) => [...text].slice(0, number).join("");

// The text of a range, blocks apart by a space: textContent would glue the end of one paragraph to the next one.
// A block in whose midst the range begins or ends has not begun or ended there.
function textOf(range) {
  const holder = document.createElement("div");
  holder.append(range.cloneContents());
  const begun = new Set();
  const going = new Set();
  for (let node = holder.firstChild; node; node = node.firstChild) begun.add(node);
  for (let node = holder.lastChild; node; node = node.lastChild) going.add(node);
  for (const element of holder.querySelectorAll(NOT_TEXT)) element.remove();
  for (const block of holder.querySelectorAll(BLOCKS)) {
    if (!begun.has(block)) block.before(" ");
    if (!going.has(block)) block.after(" ");
  }
  return holder.textContent;
}

function part(field, from, to) {
  const range = document.createRange();
  range.selectNodeContents(field);
  if (from) range.setStart(...from);
  if (to) range.setEnd(...to);
  return textOf(range);
}

const fieldOf = (node) => (node instanceof Element ? node : node?.parentElement)?.closest("[data-typo-field]");

// What is selected: {quote, prefix, suffix, position, field, image}, or {problem}.
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
  // Spaces at the ends of the selection belong to what surrounds it.
  const words = textOf(range);
  const [before] = words.match(/^\s*/);
  const [after] = words.match(/\s*$/);
  const quote = normalise(words);
  if (!quote) return { problem: "none" };
  if ([...quote].length > MAX_QUOTE) return { problem: "long" };
  const prefix = collapse(part(field, null, [range.startContainer, range.startOffset]) + before).replace(/^ +/, "");
  const suffix = collapse(after + part(field, [range.endContainer, range.endOffset], null)).replace(/ +$/, "");
  return {
    quote,
    field: field.dataset.typoField,
    image: field.dataset.typoImage ?? "",
    position: [...prefix].length,
    prefix: last(prefix, CONTEXT).replace(/^ +/, ""),
    suffix: first(suffix, CONTEXT).replace(/ +$/, ""),
  };
}

// The sentence around the quote, as comments/quotes.py has it.
function sentence({ prefix, suffix }) {
  const ends = [...prefix.matchAll(/[.!?…](?=\s)|[。！？]/g)];
  const end = /[.!?…](?=\s|$)|[。！？]/.exec(suffix);
  const before = ends.length ? prefix.slice(ends.at(-1).index + 1).replace(/^ +/, "") : prefix;
  const after = end ? suffix.slice(0, end.index + 1) : suffix;
  return [before, after];
}

function start(article) {
  const find = (name) => document.querySelector(`[data-typo-${name}]`);
  const dialog = find("dialog");
  const form = find("form");
  const button = find("button");
  const note = find("message");
  const errors = find("errors");
  const done = find("done");
  if (!dialog?.showModal || !form) return () => {};
  const address = article.dataset.typoUrl || form.action;
  const touch = matchMedia("(pointer: coarse)");
  const drafts = new Map(); // what was typed about words of this page and not sent yet
  let found = null;
  let opener = null; // where the focus was, and what was selected, when the dialog opened
  let marked = null;
  let hiding;
  let again;
  let tries = 0;

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

  const key = ({ quote, prefix, field, image }) => JSON.stringify([quote, prefix, field, image]);

  function ask(report) {
    if (report.problem) return say(report.problem);
    opener = document.activeElement;
    marked = getSelection().getRangeAt(0).cloneRange();
    note.hidden = true;
    button.hidden = true;
    const draft = drafts.get(key(report));
    form.elements.correction.value = draft?.correction ?? report.quote;
    form.elements.remark.value = draft?.remark ?? "";
    found = report;
    const mark = Object.assign(document.createElement("mark"), { textContent: report.quote });
    const context = find("context");
    context.lang = article.lang || document.documentElement.lang;
    const [before, after] = sentence(report);
    context.replaceChildren(before, mark, after);
    tell([]);
    form.hidden = false;
    done.hidden = true;
    dialog.showModal();
    form.elements.correction.focus();
    form.elements.correction.select();
  }

  form.addEventListener("input", () => {
    const { correction, remark } = form.elements;
    if (found) drafts.set(key(found), { correction: correction.value, remark: remark.value });
  });

  // Nothing is called sent before the server says so. What did not arrive is tried again while the dialog is open.
  async function send(event) {
    event?.preventDefault();
    clearTimeout(again);
    if (event) tries = 0;
    const submit = find("send");
    if (submit.disabled || !found) return;
    submit.disabled = true;
    const body = new URLSearchParams({ ...found, version: article.dataset.version ?? "" });
    for (const name of ["correction", "remark", "name", "email", "website"]) body.set(name, form.elements[name].value);
    const url = new URL(address, location.href);
    url.searchParams.set("fragment", "1");
    try {
      const response = await fetch(url, { method: "POST", body, credentials: "omit" });
      const answer = await response.json().catch(() => ({}));
      if (response.ok && answer.message) {
        drafts.delete(key(found));
        found = null;
        tell([]);
        find("thanks").textContent = answer.message;
        form.hidden = true;
        done.hidden = false;
        if (dialog.open) find("close").focus();
      } else {
        tell(answer.errors?.length ? answer.errors : [dialog.dataset.refused]);
        if (response.status >= 500) later();
      }
    } catch {
      tell([dialog.dataset.network]);
      later();
    } finally {
      submit.disabled = false;
    }
  }

  function later() {
    if (dialog.open && tries < RETRIES.length) again = setTimeout(send, RETRIES[tries++]);
    else tries = 0;
  }

  addEventListener("online", () => { if (dialog.open && found && !errors.hidden) send(); });

  // The browser keeps the focus within a modal dialog but for its own bars; round and round is easier to follow.
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.ctrlKey || event.altKey || event.metaKey) return;
    const stops = [...dialog.querySelectorAll("input, textarea, button, summary")].filter((stop) => stop.checkVisibility?.() ?? true);
    const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    if (document.activeElement !== from) return;
    event.preventDefault();
    to.focus();
  });

  // The button stands below the end of the selection; at the foot of a small screen, where touch menus do not cover it.
  let waiting;
  function offer() {
    if (dialog.open) return;
    const report = selected(article);
    const offered = !report.problem || report.problem === "long";
    button.hidden = !offered;
    if (!offered) return;
    button.classList.toggle("typo-button--foot", touch.matches); // the system's own menu stands at the selection
    if (touch.matches) return;
    const box = getSelection().getRangeAt(0).getBoundingClientRect();
    button.style.top = `${box.bottom + scrollY + 8}px`;
    button.style.left = `${Math.max(8, Math.min(box.right + scrollX, scrollX + document.documentElement.clientWidth - button.offsetWidth - 8))}px`;
  }
  document.addEventListener("selectionchange", () => {
    clearTimeout(waiting);
    waiting = setTimeout(offer, 200);
  });
  if (!getSelection().isCollapsed) offer(); // before this script came
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
    clearTimeout(again);
    if (opener === button) button.hidden = false;
    if (opener !== document.body && opener?.isConnected) opener.focus({ preventScroll: true });
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
  return () => {
    if (!dialog.open) ask(selected(article));
  };
}

// For what is selected now; article.js calls it at the keys.
export const report = start(document.querySelector("article[data-article]"));
