// The clocks of the capitals tick. Each time is computed anew from the reader's own clock, so nothing drifts; a page
// from a cache and a laptop that was asleep are put right as well.

const MOSCOW = "Europe/Moscow";
const MINUTE = 60_000;
const LANGUAGE = { en: "en-GB" }[document.documentElement.lang] ?? document.documentElement.lang;

const formatters = new Map();

function formatter(name, locale, options) {
  if (!formatters.has(name)) formatters.set(name, new Intl.DateTimeFormat(locale, options));
  return formatters.get(name);
}

const time = (zone, now) =>
  formatter(`time ${zone}`, "en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(now);

const day = (zone, now) =>
  formatter(`day ${zone}`, LANGUAGE, { timeZone: zone, day: "numeric", month: "long" }).format(now);

// "UTC+5:45" from "GMT+05:45"
function offset(zone, now) {
  const parts = formatter(`offset ${zone}`, "en-GB", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(now);
  const [, sign, hours, minutes] =
    parts.find(({ type }) => type === "timeZoneName").value.match(/([+-])(\d+)(?::(\d+))?/) ?? [];
  if (!sign) return "UTC";
  return `UTC${sign === "-" ? "−" : "+"}${Number(hours)}${minutes && minutes !== "00" ? `:${minutes}` : ""}`;
}

function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function show(clock, now) {
  const zone = clock.dataset.clock;
  const today = day(zone, now);
  const local = time(zone, now);
  const shown = clock.querySelector("[data-clock-time]");
  const date = clock.querySelector("[data-clock-date]");
  if (shown && shown.textContent !== local) {
    shown.textContent = local;
    shown.dateTime = local;
  }
  write(clock.querySelector("[data-clock-offset]"), offset(zone, now));
  if (date) {
    date.hidden = today === day(MOSCOW, now);
    write(date, today);
  }
}

const clocks = [...document.querySelectorAll("[data-clock]")];
let timer;

function tick() {
  clearTimeout(timer);
  const now = Date.now();
  for (const clock of clocks) {
    try {
      show(clock, now);
    } catch (error) {
      // A browser that does not know the zone keeps the server's time.
      if (!(error instanceof RangeError)) throw error;
    }
  }
  timer = setTimeout(tick, MINUTE - (Date.now() % MINUTE));
}

if (clocks.length) {
  for (const note of document.querySelectorAll("[data-clocks-note]")) note.hidden = true;
  // After the first lines are drawn: the formats of all zones take a cheap phone a tenth of a second.
  requestAnimationFrame(() => setTimeout(tick));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") tick();
  });
  window.addEventListener("pageshow", (event) => event.persisted && tick());
}
