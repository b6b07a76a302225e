// Pictures far down come when the page stands, as paper needs them all: not every browser fetches lazy ones to print them.
const pictures = [...document.querySelectorAll("picture:has(> img[loading=lazy])")];
const image = (picture) => picture.querySelector("img");

addEventListener("load", () => {
  for (const picture of pictures) image(picture.cloneNode(true)).loading = "eager";
});

// They are in the browser's memory now, and so there at once.
addEventListener("beforeprint", () => {
  for (const picture of pictures) image(picture).loading = "eager";
});
