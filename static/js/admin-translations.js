// "Still right" beside a text that is being written: said without leaving the form.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const panel = event.submitter?.closest("[data-still-right]");
  if (!panel || !form.id.startsWith("still-right-")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form));
  body.set(event.submitter.name, event.submitter.value);
  event.submitter.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Fragment": "1" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = answer.ok && page.querySelector("[data-still-right]");
    if (!fresh) throw new Error(answer.status);
    panel.replaceWith(fresh);
    const heading = fresh.querySelector("h2");
    heading.tabIndex = -1;
    heading.focus();
  } catch {
    event.submitter.disabled = false;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "keys", value: event.submitter.value }));
    form.submit();
  }
});
