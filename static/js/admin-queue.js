// The queue of comments: decisions without a new page, and by keyboard. Without it the same buttons load the page again.

const queue = document.querySelector("[data-queue]");
const said = queue.querySelector("[data-queue-said]");
const cards = [...queue.querySelectorAll("[data-card]")];
const made = []; // own decisions of this page: {id, card}, the newest last
const underWay = new Set(); // sent and not answered

queue.querySelectorAll("[data-queue-keys], [data-queue-all]").forEach((part) => { part.hidden = false; });
queue.querySelector("[data-queue-all]")?.addEventListener("click", () => {
  const boxes = cards.filter((card) => !card.dataset.decided).map((card) => card.querySelector("[data-key=x]"));
  const all = boxes.every((box) => box.checked);
  boxes.forEach((box) => { box.checked = !all; });
});

const here = () => cards.indexOf(document.activeElement?.closest("[data-card]"));

function go(index) {
  const card = cards[Math.max(0, Math.min(cards.length - 1, index))];
  card?.focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest" });
}

function goOn(card) {
  const from = cards.indexOf(card);
  const open = (one) => !one.dataset.decided;
  const next = cards.slice(from + 1).find(open) ?? cards.find(open) ?? card;
  go(cards.indexOf(next));
}

async function send(data) {
  const headers = { Accept: "application/json" };
  const response = await fetch(location.href, { method: "POST", body: new URLSearchParams(data), headers });
  return { ok: response.ok, ...(await response.json()) };
}

function say(text, card) {
  said.textContent = text;
  if (!card) return;
  let line = card.querySelector("[data-card-said]");
  if (!line) {
    line = Object.assign(document.createElement("p"), { className: "queue-answer" });
    line.dataset.cardSaid = "";
    card.append(line);
  }
  line.textContent = text;
}

function stands(card, state) {
  delete card.dataset.decided;
  card.querySelectorAll("[name=row]").forEach((field) => { field.value = state; });
}

async function decide(form, button) {
  const card = form.closest("[data-card]");
  if (card.dataset.decided) return;
  const data = new FormData(form);
  data.set(button.name, button.value);
  card.dataset.decided = "1";
  card.querySelector("[data-key=x]").checked = false;
  card.querySelectorAll("details[data-panel]").forEach((panel) => { panel.open = false; });
  goOn(card);
  const entry = { card };
  made.push(entry);
  const answering = send(data).then((answer) => {
    say(answer.message, card);
    if (answer.decision) entry.id = answer.decision;
    else {
      made.splice(made.indexOf(entry), 1);
      if (!answer.ok && answer.state) stands(card, answer.state);
    }
  }, () => {
    made.splice(made.indexOf(entry), 1);
    delete card.dataset.decided;
    say(queue.dataset.failed, card);
  });
  underWay.add(answering);
  await answering;
  underWay.delete(answering);
  if (!underWay.size && queue.dataset.more && cards.every((one) => one.dataset.decided)) location.reload();
}

async function undo() {
  await Promise.all(underWay);
  const entry = made.pop();
  if (!entry) {
    queue.querySelector(".decided [data-key=u]")?.click();
    return;
  }
  try {
    const token = entry.card.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await send({ undo: entry.id, csrfmiddlewaretoken: token });
    say(answer.message, entry.card);
    if (!answer.ok) return;
    stands(entry.card, answer.state);
    go(cards.indexOf(entry.card));
  } catch {
    made.push(entry);
    say(queue.dataset.failed, entry.card);
  }
}

queue.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-decide]") || !event.submitter) return;
  event.preventDefault();
  decide(event.target, event.submitter);
});

function press(card, key) {
  const panel = card?.querySelector(`[data-panel="${key}"]`);
  if (panel) {
    panel.open = !panel.open;
    if (panel.open) panel.querySelector("[data-first], [data-digit]").focus();
    else card.focus();
    return true;
  }
  const target = card?.querySelector(`[data-key="${key}"]`);
  target?.click();
  return Boolean(target);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing || event.repeat) return;
  const inField = event.target instanceof Element
    && event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (inField) return;
  const card = cards[here()];
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1];
  if (digit) {
    const button = card?.querySelector(`[data-panel="r"][open] [data-digit="${digit}"]`);
    if (button) { button.click(); event.preventDefault(); }
    return;
  }
  if (event.code === "Escape" && card) {
    card.querySelectorAll("details[data-panel]").forEach((panel) => { panel.open = false; });
    card.focus();
    return;
  }
  // The place of the key, as a Russian or Chinese keyboard gives other letters.
  const key = /^Key[A-Z]$/.test(event.code) ? event.code[3].toLowerCase() : "";
  if (key === "j") go(here() + 1);
  else if (key === "k") go(here() - 1);
  else if (key === "u" && said) undo();
  else if (!"arsbtx".includes(key) || !key || card?.dataset.decided || !press(card, key)) return;
  event.preventDefault();
});

const wanted = document.getElementById(location.hash.slice(1));
go(cards.includes(wanted) ? cards.indexOf(wanted) : 0);
