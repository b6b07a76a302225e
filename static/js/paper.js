// A story's pictures come when its page stands, for whoever prints it before scrolling: Safari leaves lazy ones out, and Chromium
// does not wait for those that its service worker fetches. Large ones in the dialog wait for a finger.
addEventListener("load", () => {
  if (navigator.connection?.saveData) return;
  for (const picture of document.querySelectorAll(".story picture > img[loading=lazy]")) {
    if (picture.closest("dialog")) continue;
    // Once there, they may be lazy again: should a turned phone want another width, it fetches what it sees.
    picture.addEventListener("load", () => (picture.loading = "lazy"), { once: true });
    picture.loading = "eager";
  }
});
