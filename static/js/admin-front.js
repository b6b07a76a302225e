// The home page's arrangement by drag and drop and by keyboard. It only presses the page's own buttons: each step goes to
// the server, whose answer takes the place of what is shown. Without this module the same buttons load the page anew.
const form = document.querySelector("[data-front]");
const body = form?.querySelector("[data-body]");
const said = form?.querySelector("[data-said]");
const lost = form?.querySelector("[data-lost]");
let steps = Promise.resolve();
let dragged = null;

function enhance() {
  for (const handle of body.querySelectorAll("[data-handle]")) handle.hidden = false;
  for (const card of body.querySelectorAll("[data-slot], [data-article]")) card.draggable = true;
}

// What is open stays open, and the focus stays on the story that was moved.
async function send(step) {
  const data = new FormData(form);
  data.set("do", step);
  let page;
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { "X-Requested-With": "fetch" } });
    if (answer.ok && !answer.redirected) page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch { /* no network */ }
  const fresh = page?.querySelector("[data-body]");
  lost.hidden = Boolean(fresh);
  if (!fresh) return;
  const focused = document.activeElement?.id;
  body.replaceChildren(...fresh.childNodes);
  body.toggleAttribute("data-unsaved", fresh.hasAttribute("data-unsaved"));
  enhance();
  const moved = body.querySelector("[data-acted] [data-handle]");
  const next = moved ?? (focused ? document.getElementById(focused) : null) ?? body.querySelector("[data-handle]");
  next?.focus();
  said.textContent = page.querySelector("[data-said]").textContent;
}

function enqueue(step) {
  steps = steps.then(() => {
    const value = typeof step === "function" ? step() : step;
    return value && send(value);
  });
}

const sourceOf = (card) => (card.dataset.slot === undefined ? `a${card.dataset.article}` : `s${card.dataset.slot}`);

// Before which of the lane's placed stories the pointer is.
function positionIn(lane, event) {
  const cards = [...lane.querySelectorAll(":scope > [data-slot]")].filter((card) => card !== dragged);
  const place = cards.findIndex((card) => {
    const box = card.getBoundingClientRect();
    const below = event.clientY > box.bottom;
    const beside = event.clientY > box.top && event.clientX > box.left + box.width / 2 && box.width < lane.clientWidth * 0.8;
    return !below && !beside && event.clientY < box.top + (box.width < lane.clientWidth * 0.8 ? box.height : box.height / 2);
  });
  return place < 0 ? cards.length : place;
}

if (form) {
  enhance();
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=do]");
    if (!button || button.value === "save" || button.value === "preview") return;
    event.preventDefault();
    enqueue(button.value);
  });
  form.addEventListener("keydown", (event) => {
    const handle = event.target.closest("[data-handle]");
    const verb = { ArrowUp: "up", ArrowDown: "down", Delete: "remove" }[event.key];
    if (!handle || !verb || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    enqueue(() => {
      const card = document.activeElement?.closest("[data-slot]"); // a step before may have moved it
      return card && `${verb}:${card.dataset.slot}`;
    });
  });
  form.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-slot], [data-article]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", dragged.querySelector(".front-card__title")?.textContent ?? "");
    dragged.classList.add("is-dragged");
  });
  const target = (event) => (dragged ? event.target.closest?.(".front-lane")?.querySelector("[data-lane]") : null);
  form.addEventListener("dragover", (event) => {
    for (const lane of body.querySelectorAll(".is-target")) lane.classList.remove("is-target");
    const lane = target(event);
    if (!lane) return;
    event.preventDefault();
    lane.classList.add("is-target");
  });
  form.addEventListener("drop", (event) => {
    const lane = target(event);
    if (!lane) return;
    event.preventDefault();
    const step = `put:${sourceOf(dragged)}:${lane.dataset.lane}:${positionIn(lane, event)}`;
    enqueue(step);
  });
  form.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    for (const lane of body.querySelectorAll(".is-target")) lane.classList.remove("is-target");
    dragged = null;
  });
  let leaving = false;
  form.addEventListener("submit", (event) => { leaving = event.submitter?.value === "save"; });
  form.addEventListener("input", (event) => { if (!["q", "at"].includes(event.target.name)) body.dataset.unsaved = ""; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && body.hasAttribute("data-unsaved")) event.preventDefault();
  });
}
