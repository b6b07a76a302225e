// Says once that the story is read: when it has been in sight for a few seconds, and not by a program.
const SECONDS = 5;
const story = document.querySelector("[data-read]");
if (story && !navigator.webdriver) {
  let left = SECONDS;
  const clock = setInterval(() => {
    if (document.visibilityState !== "visible" || --left) return;
    clearInterval(clock);
    fetch(story.dataset.read, { method: "POST", keepalive: true, credentials: "omit" }).catch(() => {});
  }, 1000);
}
