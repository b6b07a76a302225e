// What a story's page runs, site.js's modules among them: most readers come for a story, and have one script to fetch.
import "./offline.js";
import "./navigation.js";
import "./clocks.js";
import "./text-size.js";
import "./gallery.js";
import "./share.js";
import "./reading.js";
import "./video.js";
import "./paper.js";
import "./comments.js";
import "./votes.js";
import "./counter.js";

// Few readers report a mistake, and it is a third of all this: it comes when the page has stood for a second, or with its
// keys. Without a network the link to its page stays.
const typo = () => import("./typo.js");
addEventListener("load", () => setTimeout(() => typo().catch(() => {}), 1000));

document.addEventListener("keydown", async (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  (await typo()).report();
});
