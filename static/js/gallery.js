// The strip of pictures by arrow keys; a picture enlarged in a dialog, which keeps the focus inside and gives it back.
// Without this script the strip scrolls and its links lead to the large pictures.

const gallery = document.querySelector("[data-gallery]");
const viewer = gallery?.querySelector("[data-viewer]");
const KEYS = {
  ArrowLeft: (place) => place - 1,
  ArrowRight: (place) => place + 1,
  Home: () => 0,
  End: (place, last) => last,
};
const plain = (event) => !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);

// Where the key leads from the place, or undefined.
function target(event, place, number) {
  const to = plain(event) ? KEYS[event.key]?.(place, number - 1) : undefined;
  if (to !== undefined) event.preventDefault();
  return to === undefined ? to : Math.min(Math.max(to, 0), number - 1);
}

if (viewer?.showModal) {
  const links = [...gallery.querySelectorAll("[data-gallery-link]")];
  const find = (name) => viewer.querySelector(`[data-viewer-${name}]`);
  const track = find("track");
  const count = find("count");
  const slides = [...track.children];
  const steps = [...viewer.querySelectorAll("[data-viewer-step]")];
  let place = 0;
  let opener;

  function tell(number) {
    place = number;
    if (count.textContent !== slides[place].dataset.label) count.textContent = slides[place].dataset.label;
    // Not "disabled": the focus would be lost at the last picture.
    for (const step of steps) step.setAttribute("aria-disabled", !slides[place + Number(step.dataset.viewerStep)]);
  }

  function show(number) {
    if (!slides[number]) return;
    track.scrollTo({ left: number * track.clientWidth, behavior: "instant" });
    tell(number);
  }

  links.forEach((link, number) => {
    link.addEventListener("click", (event) => {
      if (event.button !== 0 || !plain(event)) return;
      event.preventDefault();
      opener = link;
      viewer.showModal();
      show(number);
    });
    link.addEventListener("keydown", (event) => links[target(event, number, links.length)]?.focus());
  });

  viewer.addEventListener("keydown", (event) => show(target(event, place, slides.length)));
  for (const step of steps) step.addEventListener("click", () => show(place + Number(step.dataset.viewerStep)));
  find("close").addEventListener("click", () => viewer.close());
  viewer.addEventListener("close", () => opener?.focus());
  // A finger, or a turned telephone.
  track.addEventListener("scroll", () => tell(Math.round(track.scrollLeft / track.clientWidth) || 0));
  window.addEventListener("resize", () => viewer.open && show(place));
}
