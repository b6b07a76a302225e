// The article's form by keyboard: save, preview, next language, publish. By the keys' places, so that they work under a
// Russian or Chinese layout; not with AltGr, which types letters. On a Mac with Control and Command.
const form = document.querySelector("#article_form");
const panel = document.querySelector("[data-writing]");
const mac = /Mac|iPhone|iPad/.test(navigator.platform);

const languages = () => [...form.querySelectorAll("fieldset.language")];
const here = () => document.activeElement?.closest("fieldset.language") ?? languages()[0];
const code = (fieldset) => fieldset.querySelector("[data-language-bar]")?.dataset.languageBar;

const flush = async () => {
  let sent;
  panel.dispatchEvent(new CustomEvent("writing:flush", { detail: { wait: (promise) => { sent = promise; } } }));
  await sent;
  let session = "";
  panel.dispatchEvent(new CustomEvent("writing:session", { detail: { tell: (name) => { session = name; } } }));
  return session;
};

const preview = (language) => {
  const opened = window.open("about:blank", "infosco-preview"); // at once, or the browser takes it for an unwanted window
  flush().then((session) => {
    const address = `${panel.dataset.preview}?language=${language}&draft=${session}`;
    if (opened) opened.location = address;
    else location.assign(address);
  });
};

const next = () => {
  const all = languages();
  const fieldset = all[(all.indexOf(here()) + 1) % all.length];
  const first = fieldset.querySelector("input[name^=title_]:not(:disabled)");
  (first ?? fieldset.querySelector("input:not(:disabled), textarea:not(:disabled), select:not(:disabled)"))?.focus();
  fieldset.scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
};

const publish = () => {
  const fieldset = here();
  const button = fieldset.querySelector("[data-publish]");
  const status = fieldset.querySelector("select[name$=_status]");
  if (!button && ![...(status?.options ?? [])].some((option) => option.value === "published")) return;
  if (!window.confirm(panel.dataset.textPublish)) return;
  if (button) {
    button.click();
  } else {
    status.value = "published";
    save();
  }
};

// Who saves by keyboard goes on where they were.
const PLACE = "infosco.place";
const save = () => {
  const place = document.activeElement;
  try {
    sessionStorage.setItem(PLACE, JSON.stringify({ path: location.pathname, id: place?.id, y: scrollY }));
  } catch {
    // then not
  }
  (form.querySelector("input[name=_continue]") ?? form.querySelector("input[name=_save]"))?.click();
};
const goOn = () => {
  let place;
  try {
    place = JSON.parse(sessionStorage.getItem(PLACE));
    sessionStorage.removeItem(PLACE);
  } catch {
    return;
  }
  if (place?.path !== location.pathname || document.querySelector(".errornote, .conflict, .checks-said")) return;
  scrollTo(0, place.y);
  const found = place.id && document.getElementById(place.id);
  if (found) found.focus({ preventScroll: true });
};

if (form && panel) {
  goOn();
  const actions = { KeyV: () => preview(code(here())), KeyG: next, KeyU: publish };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.getModifierState("AltGraph")) return;
    const command = mac ? event.metaKey : event.ctrlKey;
    if (event.code === "KeyS" && command && !event.altKey && !event.shiftKey && !(mac && event.ctrlKey)) {
      event.preventDefault();
      save();
      return;
    }
    const second = mac ? event.ctrlKey && event.metaKey && !event.altKey : event.ctrlKey && event.altKey;
    if (second && !event.shiftKey && actions[event.code]) {
      event.preventDefault();
      actions[event.code]();
    }
  });
  if (mac) {
    panel.querySelector("[data-key-save]").textContent = "⌘S";
    for (const key of panel.querySelectorAll("[data-key]")) key.textContent = `⌃⌘${key.dataset.key}`;
  }
  for (const link of form.querySelectorAll("a[data-preview]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      preview(link.dataset.preview);
    });
  }
}
