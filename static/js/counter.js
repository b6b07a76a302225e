// A field that knows its limit (data-counter) tells how many characters are left: to the eye at once; to a screen reader
// when the writer pauses near the end. Without scripts the sentence below the field names the limit.

const PAUSE = 1000;
const NEAR = 0.1;
let timer;

function place(field) {
  let note = field.nextElementSibling;
  if (!note?.matches(".counter")) {
    note = document.createElement("p");
    note.className = "counter";
    const seen = document.createElement("span");
    seen.setAttribute("aria-hidden", "true");
    const said = document.createElement("span");
    said.className = "visually-hidden";
    said.setAttribute("role", "status");
    note.append(seen, said);
    field.after(note);
  }
  return note;
}

document.addEventListener("input", ({ target: field }) => {
  if (!field.matches?.("[data-counter]")) return;
  const limit = Number(field.dataset.counter);
  const left = limit - [...field.value].length;
  const text = `${left < 0 ? field.dataset.over : field.dataset.left} ${Math.abs(left).toLocaleString(document.documentElement.lang)}`;
  const note = place(field);
  const [seen, said] = note.children;
  note.classList.toggle("counter--over", left < 0);
  seen.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => {
    said.textContent = left < limit * NEAR ? text : "";
  }, PAUSE);
});
