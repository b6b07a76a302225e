// Pictures far down come when the page stands, as paper needs them all: not every browser fetches lazy ones to print them.
const image = (picture) => picture.querySelector("img");
const come = new Set();

addEventListener("load", () => {
  for (const picture of document.querySelectorAll("picture:has(> img[loading=lazy])")) {
    const copy = image(picture.cloneNode(true));
    copy.addEventListener("load", () => come.add(image(picture)));
    copy.loading = "eager";
  }
});

// What has come is in the browser's memory, and so there at once. For what has not, a browser that fetches it may wait.
addEventListener("beforeprint", () => {
  for (const lazy of come) lazy.loading = "eager";
});
