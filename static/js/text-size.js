// The reader's size of text and space between lines, kept in this browser and nowhere else. text-size-kept.js in
// the page's head applies them before anything is drawn.

const root = document.documentElement;
const SIZES = ["-1", "0", "1", "2", "3", "4"]; // the style sheet says what they are
const PERCENT = { "-1": 90, 0: 100, 1: 115, 2: 130, 3: 150, 4: 175 };

// Where a browser keeps nothing (private windows, blocked storage), the choice holds for this page.
function kept(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // see above
  }
}

let size = SIZES.includes(kept("text-size")) ? kept("text-size") : "0";
let spacing = kept("text-spacing") === "wide";

function apply() {
  root.dataset.textSize = size;
  root.dataset.textSpacing = spacing ? "wide" : "normal";
}

const controls = document.querySelector("[data-text-size-controls]");
if (controls) {
  const steps = [...controls.querySelectorAll("[data-text-size-step]")];
  const wider = controls.querySelector("[data-text-spacing]");
  const show = () => {
    const place = SIZES.indexOf(size);
    for (const step of steps) step.setAttribute("aria-disabled", !SIZES[place + Number(step.dataset.textSizeStep)]);
    wider.setAttribute("aria-pressed", spacing);
  };
  for (const step of steps) {
    step.addEventListener("click", () => {
      size = SIZES[SIZES.indexOf(size) + Number(step.dataset.textSizeStep)] ?? size;
      keep("text-size", size);
      apply();
      show();
      controls.querySelector("[role=status]").textContent = `${PERCENT[size]} %`;
    });
  }
  wider.addEventListener("click", () => {
    spacing = !spacing;
    keep("text-spacing", spacing ? "wide" : "normal");
    apply();
    show();
  });
  show();
  controls.hidden = false;
}
