// The menu of small screens closes with Escape, with a press beside it and when the focus leaves it; what a wide screen
// shows unfolded is open, for those too who don't see it; the language switch takes the place within the page along.
const menu = document.querySelector("[data-menu]");
const button = menu?.querySelector("summary");

const close = () => { menu.open = false; };
const folded = () => button.offsetParent !== null; // on a wide screen the menu is a bar

if (menu) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open || !folded()) return;
    const inside = menu.contains(document.activeElement);
    close();
    if (inside) button.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (menu.open && folded() && !menu.contains(event.target)) close();
  });
  menu.addEventListener("focusout", ({ relatedTarget }) => {
    if (menu.open && folded() && relatedTarget && !menu.contains(relatedTarget)) close();
  });
  window.addEventListener("pageshow", () => { menu.open = !folded(); }); // back to a page whose menu was left open
}

const folds = [...document.querySelectorAll("[data-menu], .fold")].map((fold) => [fold, fold.open]);
const unfold = () => { for (const [fold, open] of folds) fold.open = open || fold.firstElementChild.offsetParent === null; };
unfold();
for (const width of ["40rem", "64rem"]) matchMedia(`(min-width: ${width})`).addEventListener("change", unfold);

const languages = [...document.querySelectorAll("[data-place]")];
const follow = () => { for (const link of languages) link.hash = location.hash; };
if (languages.length) {
  follow();
  window.addEventListener("hashchange", follow);
}
