// The focal point of a picture by a click, with its crops at once; the number fields beside it do without.
const frame = document.querySelector("[data-focal]");
const fields = ["x", "y"].map((axis) => document.querySelector(`#id_focal_${axis}`));
if (frame && fields.every(Boolean)) {
  const source = frame.querySelector("img");
  const crops = [...document.querySelectorAll("[data-crop] img")];
  const mark = document.createElement("span");
  mark.className = "focal-mark";
  frame.append(mark);
  const clamp = (value) => Math.min(Math.max(value || 0, 0), 1);
  // The share of what is cut off that lies before the crop: crop_box of news/images.py as object-position knows it.
  const before = (focus, side, crop) => (side > crop ? clamp((focus * side - crop / 2) / (side - crop)) : 0.5);
  const show = (changed) => {
    const [x, y] = fields.map((field) => clamp(Number(field.value)));
    mark.style.insetInlineStart = `${x * 100}%`;
    mark.style.insetBlockStart = `${y * 100}%`;
    if (!changed) return; // the server has drawn the crops of what is saved
    const ratio = source.width / source.height;
    for (const crop of crops) {
      const shape = crop.getAttribute("width") / crop.getAttribute("height");
      const [width, height] = ratio > shape ? [shape, 1] : [ratio, ratio / shape];
      crop.src = source.src;
      crop.style.aspectRatio = shape;
      crop.style.objectPosition = `${before(x, ratio, width) * 100}% ${before(y, 1, height) * 100}%`;
    }
  };
  frame.addEventListener("click", (event) => {
    const box = source.getBoundingClientRect();
    const place = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    place.forEach((value, index) => {
      fields[index].value = clamp(value).toFixed(3);
    });
    show(true);
  });
  for (const field of fields) {
    field.step = "0.01"; // the arrow keys move the point by a hundredth
    field.addEventListener("input", () => show(true));
  }
  show(false);
}
