// Sends each picture by itself, as soon as it is dropped or chosen; what the server says of it stands in the list.
const AT_ONCE = 2;
for (const form of document.querySelectorAll("[data-upload]")) {
  const drop = form.querySelector("[data-drop]");
  const input = drop.querySelector("input[type=file]");
  const results = form.querySelector("[data-upload-results]");
  const said = form.querySelector("[data-upload-said]");
  form.querySelector("[data-upload-button]").hidden = true;
  drop.querySelector("[data-drop-hint]").hidden = false;
  const waiting = [];
  let busy = 0;
  let good = 0;
  let bad = 0;

  const row = (file, text) => {
    const item = document.createElement("li");
    item.className = "upload-result";
    const name = document.createElement("strong");
    name.textContent = file.name;
    const words = document.createElement("span");
    words.textContent = text;
    item.append(name, words);
    return item;
  };
  const send = async ({ file, place }) => {
    const data = new FormData(form);
    data.delete("files");
    data.append("files", file, file.name);
    let answer;
    try {
      const response = await fetch(form.action, { method: "POST", body: data, headers: { "X-Fragment": "1" }, redirect: "error" });
      if (!response.ok) throw new Error(response.status);
      answer = document.createRange().createContextualFragment(await response.text()).querySelector("li");
    } catch {
      answer = null;
    }
    if (!answer) {
      answer = row(file, drop.dataset.failed);
      answer.classList.add("upload-result--refused");
      answer.dataset.refused = "";
    }
    place.replaceWith(answer);
    if ("refused" in answer.dataset) bad += 1;
    else good += 1;
  };
  const work = async () => {
    if (busy >= AT_ONCE || !waiting.length) return;
    busy += 1;
    await send(waiting.shift());
    busy -= 1;
    if (!busy && !waiting.length) said.textContent = drop.dataset.done.replace("{good}", good).replace("{bad}", bad);
    else work();
  };
  const take = (files) => {
    if (!busy && !waiting.length) good = bad = 0;
    for (const file of files) {
      const place = row(file, drop.dataset.sending);
      results.append(place);
      waiting.push({ file, place });
    }
    for (let turn = 0; turn < AT_ONCE; turn += 1) work();
  };

  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = "";
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const kind of ["dragenter", "dragover"]) {
    window.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      drop.classList.add("drop--over");
    });
  }
  window.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("drop--over");
  });
  window.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault(); // a file beside the place must not take the page away
    drop.classList.remove("drop--over");
    take([...event.dataTransfer.files]);
  });
}
