// Keeps what is typed into an article's form: in this browser at once, on the server every few seconds, until the form is
// saved. Tells in words how it stands, and who else has the article open.
const form = document.querySelector("#article_form");
const panel = document.querySelector("[data-writing]");

const PAUSE = 1500; // ms without typing, then it is sent
const LONGEST = 3000; // ms of typing without a pause, then it is sent all the same
const HEARTBEAT = 20000;
const SKIPPED = /^(csrfmiddlewaretoken|opened_version|opened_digests|draft_session|replace_version|choose_.*|seen_.*|_.*)$/;

const text = (name, values = {}) => {
  let said = panel.dataset[`text${name}`];
  for (const [key, value] of Object.entries(values)) said = said.replace(`{${key}}`, value);
  return said;
};
const part = (name) => panel.querySelector(`[data-writing-${name}]`);
const field = (name) => form.elements.namedItem(name);

// A row of a list below the form means nothing without the others: they go together.
const group = (name) => (name.includes("-") ? `${name.split("-")[0]}-` : name);
const read = () => {
  const groups = new Map();
  for (const element of form.elements) {
    if (element.name && !SKIPPED.test(element.name) && !element.name.includes("__prefix__") && !/^(button|submit|file)$/.test(element.type)
      && !element.disabled) {
      if (!groups.has(group(element.name))) groups.set(group(element.name), {});
      groups.get(group(element.name))[element.name] ??= [];
    }
  }
  for (const [name, value] of new FormData(form)) {
    const values = groups.get(group(name))?.[name];
    if (values && typeof value === "string") values.push(value);
  }
  return groups;
};
const written = (values) => JSON.stringify(values);

const store = {
  prefix: panel && `infosco.draft.${panel.dataset.user}.`,
  put(session, entry) {
    try {
      localStorage.setItem(this.prefix + session, JSON.stringify(entry));
    } catch {
      // Full or forbidden: the server is asked all the sooner.
    }
  },
  get(session) {
    try {
      return JSON.parse(localStorage.getItem(this.prefix + session));
    } catch {
      return null;
    }
  },
  drop(session) {
    try {
      localStorage.removeItem(this.prefix + session);
    } catch {
      // there is nothing then
    }
  },
  sessions() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(this.prefix)).map((key) => key.slice(this.prefix.length));
    } catch {
      return [];
    }
  },
};

const start = () => {
  const { url, article, user } = panel.dataset;
  let session = field("draft_session").value;
  let sequence = Number(panel.dataset.sequence);
  let kept = new Map([...read()].map(([name, values]) => [name, written(values)]));
  if ("unsaved" in panel.dataset) kept = new Map(); // the server has refused this form: it may never have seen its last words
  let sending = false;
  let submitting = false;
  let trouble = "";
  let wait = 2000;
  let timer = 0;
  let since = 0;
  let left = false;

  const pending = () => new Map([...read()].filter(([name, values]) => kept.get(name) !== written(values)));
  const fieldsOf = (groups) => Object.assign({}, ...groups.values());

  const say = (state, values) => {
    part("state").textContent = text(state, values);
  };
  const worry = (state, link) => {
    if (trouble === state) return;
    trouble = state;
    const line = part("trouble");
    line.textContent = state ? text(state) : "";
    if (link) {
      const anchor = Object.assign(document.createElement("a"), { href: panel.dataset.login, target: "_blank", textContent: text("Signin") });
      line.append(" ", anchor);
    }
  };
  const showOthers = ({ others = [], saved = "" }) => {
    const lines = others.map(({ name, since: from }) => text("Other", { name, time: from }));
    if (saved) lines.push(saved);
    const box = part("others");
    if ([...box.children].map((line) => line.textContent).join("\n") === lines.join("\n")) return;
    box.replaceChildren(...lines.map((line) => Object.assign(document.createElement("p"), { textContent: line })));
  };

  const remember = (changes = pending()) => {
    if (!changes.size) return;
    store.put(session, {
      article, sequence, at: Date.now(), fields: fieldsOf(changes), submitted: submitting,
      version: field("opened_version").value, digests: field("opened_digests").value,
    });
  };

  const post = (entry, extra = {}) => {
    const body = new FormData();
    const values = {
      csrfmiddlewaretoken: field("csrfmiddlewaretoken").value,
      session: entry.session, article: entry.article, sequence: entry.sequence, fields: JSON.stringify(entry.fields),
      opened_version: entry.version, opened_digests: entry.digests,
    };
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    if (extra.leaving) body.set("leaving", "1");
    return fetch(url, {
      method: "POST", body, redirect: "manual", keepalive: Boolean(extra.leaving),
      signal: extra.leaving ? undefined : AbortSignal.timeout(15000),
    });
  };
  // Whoever has signed in again in another tab has another token.
  const freshToken = async () => {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(15000) });
    if (!response.ok) return false;
    const { token } = await response.json();
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token;
    return true;
  };

  const later = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(send, pause);
  };

  const again = () => {
    later(wait);
    wait = Math.min(wait * 2, 20000);
  };

  async function send({ token = true } = {}) {
    if (submitting || left) return;
    if (sending) {
      later(500);
      return;
    }
    sending = true;
    clearTimeout(timer);
    since = 0;
    const changes = pending();
    remember(changes);
    sequence += changes.size ? 1 : 0;
    try {
      const response = await post({
        session, article, sequence, fields: fieldsOf(changes),
        version: field("opened_version").value, digests: field("opened_digests").value,
      });
      const answer = response.headers.get("Content-Type")?.startsWith("application/json") ? await response.json() : {};
      if (response.ok && answer.state === "kept") {
        for (const [name, values] of changes) kept.set(name, written(values));
        if (!pending().size) store.drop(session);
        if (changes.size) say("Kept", { time: answer.at });
        if (trouble === "Away") {
          worry("");
          part("trouble").textContent = text("Back");
        } else if (trouble || part("trouble").textContent === text("Back")) {
          trouble = "again";
          worry("");
        }
        wait = 2000;
        showOthers(answer);
        sending = false;
        if (pending().size) later(PAUSE);
        return;
      }
      sending = false;
      if (answer.state === "behind") {
        sequence = answer.sequence;
        later(0);
      } else if (answer.state === "closed") {
        // The form was saved, and the reader came back to it by the browser's button: another session begins.
        session = crypto.randomUUID().replaceAll("-", "");
        field("draft_session").value = session;
        sequence = 0;
        kept = new Map();
        later(0);
      } else if (response.type === "opaqueredirect" || response.status === 403) {
        if (token && (await freshToken())) {
          await send({ token: false });
          return;
        }
        worry("Signedout", true);
        again();
      } else if (response.status === 413 || response.status === 400) {
        worry("Large");
        again();
      } else if (answer.message) {
        trouble = answer.state;
        part("trouble").textContent = answer.message;
        again();
      } else {
        worry("Away");
        again();
      }
    } catch {
      sending = false;
      worry("Away");
      again();
    }
  }

  const touched = () => {
    if (submitting) return;
    left = false;
    remember();
    const now = Date.now();
    since ||= now;
    if (!trouble) {
      say("Typing");
      later(Math.max(0, Math.min(PAUSE, since + LONGEST - now)));
    }
  };
  let noted = 0;
  const note = () => {
    // Reading a long text at each key would be felt: five times a second is enough.
    clearTimeout(noted);
    noted = setTimeout(touched, 200);
  };
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  document.addEventListener("formset:added", note);
  document.addEventListener("formset:removed", note);

  form.addEventListener("submit", () => {
    submitting = true;
    clearTimeout(timer);
    remember();
    // Everything sent before lies on the server; should the save fail, it is offered back.
  });

  const leave = () => {
    if (submitting || left) return;
    const changes = pending();
    remember(changes);
    sequence += changes.size ? 1 : 0;
    left = true;
    // What is too large for a browser's last breath stays in this browser, and is sent when it is back.
    post(
      { session, article, sequence, fields: fieldsOf(changes), version: field("opened_version").value, digests: field("opened_digests").value },
      { leaving: true },
    ).then((response) => response.ok && store.drop(session)).catch(() => {});
  };
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && pending().size) send();
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    submitting = left = false;
    later(0);
  });
  window.addEventListener("online", () => later(0));
  window.addEventListener("beforeunload", (event) => {
    if (!submitting && trouble && pending().size) event.preventDefault();
  });
  setInterval(() => {
    if (!trouble && !pending().size) send();
  }, HEARTBEAT);

  // What an earlier visit left in this browser, as it was killed before the server had it.
  const found = async () => {
    for (const other of store.sessions()) {
      const entry = store.get(other);
      if (!entry || (other !== session && Date.now() - entry.at < 10000 && !entry.submitted && document.visibilityState === "hidden")) continue;
      let name = other;
      for (let tries = 0; tries < 3; tries += 1) {
        let response;
        let answer;
        try {
          response = await post({ ...entry, session: name, sequence: entry.sequence + 1 }, {});
          answer = await response.json();
        } catch {
          break; // the next visit tries again
        }
        if (answer.state === "closed" && entry.submitted) {
          store.drop(other); // it was saved
          break;
        }
        if (answer.state === "closed" || answer.state === "behind") {
          name = crypto.randomUUID().replaceAll("-", ""); // somebody has gone on elsewhere: it stays a text of its own
          continue;
        }
        if (answer.state === "kept") {
          store.drop(other);
          if (entry.article === article && !pending().size) {
            location.reload(); // the page offers it then, with what differs
            return;
          }
          // What the server has just sent back with the form stands in it already.
          if (entry.article === article && !(other === session && "unsaved" in panel.dataset)) {
            const link = Object.assign(document.createElement("a"), { href: answer.address, textContent: text("Take") });
            part("trouble").append(text("Found"), " ", link);
          }
        }
        break;
      }
    }
  };

  // For the keyboard, and for the link that shows what is not saved yet.
  const flush = async () => {
    for (let tries = 0; tries < 50 && pending().size && !trouble; tries += 1) {
      if (sending) await new Promise((done) => setTimeout(done, 100));
      else await send();
    }
  };
  panel.addEventListener("writing:flush", (event) => event.detail.wait(flush()));
  panel.addEventListener("writing:session", (event) => event.detail.tell(session));

  found().then(() => send());
};

if (form && panel) start();
