// The clocks of the capitals tick. Each time is computed anew from the reader's own clock, so nothing drifts; a page
// from a cache and a laptop that was asleep are put right as well.

const MOSCOW = "Europe/Moscow";
const MINUTE = 60_000;
const LANGUAGE = { en: "en-GB" }[document.documentElement.lang] ?? document.documentElement.lang;

const formatters = new Map();

// To make one takes a cheap phone milliseconds: one for each zone, and the day's only where it is another than Moscow's.
function formatter(zone, locale, options) {
  const name = `${locale} ${zone}`;
  if (!formatters.has(name)) formatters.set(name, new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }));
  return formatters.get(name);
}

function partsOf(zone, now) {
  const options = { day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "longOffset" };
  return Object.fromEntries(formatter(zone, "en", options).formatToParts(now).map(({ type, value }) => [type, value]));
}

// "UTC+5:45" from "GMT+05:45"
function offset(name) {
  const [, sign, hours, minutes] = name.match(/([+-])(\d+)(?::(\d+))?/) ?? [];
  if (!sign) return "UTC";
  return `UTC${sign === "-" ? "−" : "+"}${Number(hours)}${minutes && minutes !== "00" ? `:${minutes}` : ""}`;
}

function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function show(clock, now) {
  const zone = clock.dataset.clock;
  const { day, hour, minute, timeZoneName } = partsOf(zone, now);
  const shown = clock.querySelector("[data-clock-time]");
  write(shown, `${hour}:${minute}`);
  shown.dateTime = `${hour}:${minute}`;
  write(clock.querySelector("[data-clock-offset]"), offset(timeZoneName));
  const date = clock.querySelector("[data-clock-date]");
  if (day === partsOf(MOSCOW, now).day) date?.remove();
  else write(date ?? added(shown), formatter(zone, LANGUAGE, { day: "numeric", month: "long" }).format(now));
}

function added(time) {
  const date = Object.assign(document.createElement("span"), { className: "clock__date" });
  date.dataset.clockDate = "";
  time.after(" ", date);
  return date;
}

const clocks = [...document.querySelectorAll("[data-clock]")];
let timer;

// Each clock in a task of its own: whoever presses something in between is answered.
async function tick() {
  const now = Date.now();
  for (const clock of clocks) {
    try {
      show(clock, now);
    } catch (error) {
      // A browser that does not know the zone keeps the server's time.
      if (!(error instanceof RangeError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve));
  }
  wait();
}

function wait() {
  clearTimeout(timer);
  timer = setTimeout(tick, MINUTE - (Date.now() % MINUTE));
}

// A page that was made in this minute, which most are, shows the right times already.
function right() {
  const made = Date.parse(document.querySelector("[data-clock-time]")?.dateTime);
  return Math.floor(made / MINUTE) === Math.floor(Date.now() / MINUTE);
}

if (clocks.length) {
  for (const note of document.querySelectorAll("[data-clocks-note]")) note.hidden = true;
  setTimeout(right() ? wait : tick);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") tick();
  });
  window.addEventListener("pageshow", (event) => event.persisted && tick());
}
