// Safari prints a lazy picture that was not scrolled to as an empty frame, so it gets all of them when the page stands. Others
// fetch them for paper and wait, and must not be helped: Chromium does not wait for what a script has asked for.
if ("GestureEvent" in window) {
  addEventListener("load", () => {
    for (const picture of document.querySelectorAll("img[loading=lazy]")) picture.loading = "eager";
  });
}
