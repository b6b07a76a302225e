// The comment form comes into the article's page when the reader asks for it, and is sent without leaving.
// What fails leads back to plain links and forms; what was typed stays.

const section = document.querySelector("[data-comments]");
const place = section?.querySelector("[data-comments-place]");

const fragment = (address) => {
  const url = new URL(address, location.href);
  url.searchParams.set("fragment", "1");
  return url;
};

function message(name) {
  return section.querySelector(`template[data-comments-${name}]`).content.cloneNode(true);
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

// What was typed in one form goes with the reader to the next one.
function typed(form) {
  const values = new Map();
  for (const field of form?.querySelectorAll("input:not([type=hidden]), textarea") ?? []) {
    values.set(field.name, field.type === "checkbox" ? field.checked : field.value);
  }
  return values;
}

function fill(form, values) {
  for (const [name, value] of values) {
    const field = form?.elements.namedItem(name);
    if (!field) continue;
    if (field.type === "checkbox") field.checked = value;
    else field.value = value;
  }
}

function put(holder, content, focus) {
  holder.replaceChildren(content);
  const form = holder.querySelector("form");
  if (form) form.addEventListener("submit", send);
  if (!focus) return;
  const fields = [...(form?.querySelectorAll("input:not([type=hidden]), textarea") ?? [])];
  const first =
    holder.querySelector("[aria-invalid=true]") ?? fields.find((field) => field.checkVisibility?.() ?? true) ?? holder;
  if (first === holder) holder.tabIndex = -1;
  first.focus({ preventScroll: first !== holder });
  holder.scrollIntoView({ block: "nearest" });
}

async function open(link, holder, focus) {
  section.querySelector("[data-comments-error]")?.remove();
  let response;
  try {
    response = await fetch(fragment(link.href), { credentials: "same-origin" });
  } catch {
    // Without a network the link leads nowhere, and away from what may be typed on this page.
    const note = document.createElement("div");
    note.dataset.commentsError = "";
    note.append(message("unopened"));
    link.after(note);
    return;
  }
  if (!response.ok) {
    if (focus) location.assign(link.href);
    return;
  }
  const content = parse(await response.text());
  const old = section.querySelector("form[data-comments-form]");
  fill(content.querySelector("form"), typed(old));
  const holds = old?.closest("[data-comments-answer]");
  if (holds && holds !== holder) holds.remove();
  put(holder, content, focus);
}

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const button = form.querySelector("button[type=submit]");
  form.querySelector("[data-comments-error]")?.remove();
  button.disabled = true;
  const fail = (name, said) => {
    const note = document.createElement("div");
    note.dataset.commentsError = "";
    note.append(message(name));
    if (said) note.querySelector("[role=alert]").textContent = said;
    button.before(note);
  };
  try {
    const body = new URLSearchParams(new FormData(form));
    const response = await fetch(fragment(form.action), { method: "POST", body, credentials: "same-origin" });
    const html = await response.text();
    if (response.headers.get("Content-Type")?.startsWith("application/json")) {
      fail("refused", JSON.parse(html).errors?.join(" "));
      return;
    }
    const content = parse(html);
    // An answer that is not ours (a proxy's error page) must not take the text away.
    if (content.querySelector("[data-comments-form], .comments__sent, .comments__closed")) {
      put(form.parentElement, content, true);
    } else {
      fail("refused");
    }
  } catch {
    fail("failed");
  } finally {
    button.disabled = false;
  }
}

// A comment that an old link names on this page may stand on another one by now.
if (section && /^#c[0-9]{1,10}$/.test(location.hash) && !document.querySelector(location.hash)) {
  location.replace(section.dataset.commentsPermalink.replace("c0", location.hash.slice(1)));
}

if (place) {
  const link = place.querySelector("[data-comments-open]");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    open(link, place, true);
  });

  section.addEventListener("click", (event) => {
    const reply = event.target.closest("[data-comments-reply]");
    if (!reply || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const actions = reply.closest(".comment__actions");
    let holder = actions.nextElementSibling;
    if (!holder?.matches("[data-comments-answer]")) {
      holder = document.createElement("div");
      holder.dataset.commentsAnswer = "";
      actions.after(holder);
    }
    open(reply, holder, true);
  });
}
