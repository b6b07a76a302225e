(({ dataset }) => {
  try {
    dataset.textSize = localStorage.getItem("text-size") ?? "0";
    dataset.textSpacing = localStorage.getItem("text-spacing") ?? "normal";
  } catch {}
})(document.documentElement);
