// A field for one picture of the library: the library opens in a window, and what is clicked there is shown here.
const parts = (holder) => ({
  input: holder.querySelector("input"),
  shown: holder.querySelector("[data-picture-shown]"),
  choose: holder.querySelector("[data-picture-choose]"),
  clear: holder.querySelector("[data-picture-clear]"),
});

const put = (holder, value, src, name) => {
  const { input, shown, clear } = parts(holder);
  input.value = value;
  shown.replaceChildren();
  if (value) {
    const image = document.createElement("img");
    image.className = "thumbnail";
    image.src = src;
    image.alt = "";
    const label = document.createElement("span");
    label.textContent = name;
    shown.append(image, label);
  }
  clear.hidden = !value;
  for (const kind of ["input", "change"]) input.dispatchEvent(new Event(kind, { bubbles: true }));
};

const prepare = (root) => {
  for (const holder of root.querySelectorAll("[data-picture-input]")) {
    const { input, choose, clear } = parts(holder);
    if (!choose) continue;
    choose.hidden = false;
    clear.hidden = !input.value;
  }
};

document.addEventListener("click", (event) => {
  const holder = event.target.closest?.("[data-picture-input]");
  if (!holder) return;
  const { input, choose } = parts(holder);
  if (event.target.closest("[data-picture-choose]")) {
    window.open(`${holder.dataset.library}?target=${encodeURIComponent(input.id)}`, "_blank", "width=900,height=700");
  } else if (event.target.closest("[data-picture-clear]")) {
    put(holder, "");
    choose.focus();
  }
});
window.addEventListener("message", ({ origin, data }) => {
  const picture = data?.picture;
  if (origin !== window.location.origin || !picture) return;
  const holder = document.getElementById(picture.target)?.closest("[data-picture-input]");
  if (!holder) return;
  put(holder, picture.number, picture.src, picture.name);
  parts(holder).choose.focus();
});
document.addEventListener("formset:added", ({ target }) => prepare(target));
prepare(document);
