// The focal point of a picture by a click; the number fields beside it do without.
const frame = document.querySelector("[data-focal]");
const fields = ["x", "y"].map((axis) => document.querySelector(`#id_focal_${axis}`));
if (frame && fields.every(Boolean)) {
  const mark = document.createElement("span");
  mark.className = "focal-mark";
  frame.append(mark);
  const show = () => {
    const [x, y] = fields.map((field) => Math.min(Math.max(Number(field.value) || 0, 0), 1));
    mark.style.insetInlineStart = `${x * 100}%`;
    mark.style.insetBlockStart = `${y * 100}%`;
  };
  frame.addEventListener("click", (event) => {
    const box = frame.querySelector("img").getBoundingClientRect();
    const place = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    place.forEach((value, index) => {
      fields[index].value = Math.min(Math.max(value, 0), 1).toFixed(3);
    });
    show();
  });
  for (const field of fields) field.addEventListener("input", show);
  show();
}
