// The queue of typo reports by keyboard: j and k move, the other keys press what has them in data-key.

const queue = document.querySelector("[data-typos]");
const groups = [...queue.querySelectorAll("[data-typos-group]")];
queue.querySelector("[data-typos-keys]").hidden = false;

const here = () => groups.indexOf(document.activeElement?.closest("[data-typos-group]"));

function go(index) {
  const group = groups[Math.max(0, Math.min(groups.length - 1, index))];
  group?.focus({ preventScroll: true });
  group?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing || event.repeat) return;
  if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]")) return;
  // The place of the key, as a Russian or Chinese keyboard gives other letters.
  const key = /^Key[A-Z]$/.test(event.code) ? event.code[3].toLowerCase() : "";
  if (!key) return;
  if (key === "j") go(here() + 1);
  else if (key === "k") go(here() - 1);
  else {
    const within = key === "u" ? queue : groups[here()];
    const target = within?.querySelector(`[data-key*="${key}"]`);
    if (!target || queue.dataset.sent) return;
    if (target.type === "submit") queue.dataset.sent = "1"; // a second press while the page loads decides on nothing
    target.click();
  }
  event.preventDefault();
});

// Back from the editor by the browser's history: the page is alive again.
addEventListener("pageshow", () => delete queue.dataset.sent);

const wanted = document.getElementById(location.hash.slice(1));
go(groups.includes(wanted) ? groups.indexOf(wanted) : 0);
