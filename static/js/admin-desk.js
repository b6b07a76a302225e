// Sections beside the article's form (notes, assignments, the proof): sent and renewed without leaving unsaved text.
const POLL = 3000; // milliseconds

async function load(part, address, options = {}) {
  const failed = part.querySelector("[data-part-failed]");
  try {
    const response = await fetch(address, {
      ...options,
      headers: { "X-Requested-With": "fetch" },
      credentials: "same-origin",
    });
    // A redirect leads to the sign-in: what was typed stays where it is.
    if (response.redirected || ![200, 422].includes(response.status)) throw new Error(String(response.status));
    const html = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = html.querySelector("[data-part]");
    if (!fresh) throw new Error("no section");
    part.replaceWith(fresh);
    begin(fresh);
    return fresh;
  } catch {
    failed.hidden = false;
    return null;
  }
}

function send(part, form, submitter) {
  const body = new FormData(form, submitter);
  return load(part, form.action, { method: "POST", body });
}

function begin(part) {
  if (part.dataset.partPoll) window.setTimeout(() => load(part, part.dataset.partPoll), POLL);
}

document.addEventListener("submit", async (event) => {
  const part = event.target.closest("[data-part]");
  if (!part) return;
  event.preventDefault();
  if (part.dataset.busy) return;
  part.dataset.busy = "1";
  const fresh = await send(part, event.target, event.submitter);
  delete part.dataset.busy;
  const wrong = fresh?.querySelector("[aria-invalid=true]");
  (wrong ?? fresh?.querySelector("h2"))?.focus();
});

for (const part of document.querySelectorAll("[data-part]")) {
  begin(part);
  // Where no worker does it beside the request, the page that is looked at asks for it, once.
  if ("partSend" in part.dataset) send(part, part.querySelector("form[method=post]"));
}
