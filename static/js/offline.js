// Registers the service worker, tells it what the page has loaded, and tells the reader about the connection: that
// there is none, how old a kept page is, and that nothing was sent. What is typed stays.

const region = document.querySelector("[data-offline]");
const root = document.documentElement;
const language = { en: "en-GB" }[root.lang] ?? root.lang;

function say(name) {
  region.querySelector("p")?.remove();
  if (!name) return;
  const content = region.querySelector(`template[data-offline-${name}]`).content.cloneNode(true);
  const age = content.querySelector("[data-offline-age]");
  if (age) fillAge(age, new Date(Number(root.dataset.kept)));
  region.append(content);
}

function fillAge(element, at) {
  const minutes = Math.max(1, Math.round((Date.now() - at) / 60_000));
  const [number, unit] = minutes < 90 ? [minutes, "minute"] : minutes < 36 * 60 ? [minutes / 60, "hour"] : [minutes / 1440, "day"];
  const ago = new Intl.RelativeTimeFormat(language).format(-Math.round(number), unit);
  const full = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(at);
  const time = Object.assign(document.createElement("time"), { dateTime: at.toISOString() });
  time.textContent = language.startsWith("zh") ? `${ago}（${full}）` : `${ago} (${full})`;
  element.replaceWith(time);
}

function tellWorker(worker) {
  const files = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.startsWith(location.origin));
  worker.postMessage({ keep: location.pathname, files });
}

async function start() {
  // Without a network there is nothing to fetch: the worker that stands stays, and the browser would only complain.
  if (navigator.onLine) await navigator.serviceWorker.register("/sw.js");
  const { active } = await navigator.serviceWorker.ready;
  if (root.dataset.kept || !(document.querySelector("article[data-article]") || location.pathname === region.dataset.offline)) return;
  tellWorker(active);
  // Pictures further down have come since.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") tellWorker(active);
  });
}

async function list(section) {
  const cache = await caches.open("pages-1");
  for (const request of (await cache.keys()).reverse()) {
    const kept = await cache.match(request);
    const page = new DOMParser().parseFromString(await kept.text(), "text/html");
    const title = page.querySelector("article[data-article] h1");
    if (!title) continue;
    const link = Object.assign(document.createElement("a"), { href: kept.headers.get("X-Path"), textContent: title.textContent });
    link.className = "offers__link";
    link.lang = link.hreflang = page.documentElement.lang;
    const item = document.createElement("li");
    item.className = "offers__item";
    item.append(link);
    section.querySelector("ul").append(item);
    section.hidden = false;
  }
}

if (region) {
  // A moment later than the page: what is in a live region from the start is not read out.
  if (root.dataset.kept) setTimeout(say, 100, "kept");
  addEventListener("offline", () => say(root.dataset.kept ? "kept" : "lost"));
  const offlineList = document.querySelector("[data-offline-list]");
  addEventListener("online", () => say(root.dataset.kept || offlineList ? "back" : null));
  // A form that the browser itself sends would give way to an error page.
  addEventListener("submit", (event) => {
    if (event.defaultPrevented || navigator.onLine || event.target.method !== "post") return;
    event.preventDefault();
    say("unsent");
    region.scrollIntoView({ block: "nearest" });
  });
  if (offlineList && "caches" in window) list(offlineList).catch(() => {});
  if ("serviceWorker" in navigator) {
    // A browser that forbids workers (private windows, some settings) reads the portal without one.
    const begin = () => start().catch(() => {});
    if (document.readyState === "complete") begin();
    else addEventListener("load", begin);
  }
}
