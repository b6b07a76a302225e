// Applies what text-size.js has kept. A script of the old kind in the head: nothing is drawn before it, so nothing moves.
try {
  document.documentElement.dataset.textSize = localStorage.getItem("text-size") ?? "0";
  document.documentElement.dataset.textSpacing = localStorage.getItem("text-spacing") ?? "normal";
} catch {
  // A browser that keeps nothing has nothing to apply.
}
