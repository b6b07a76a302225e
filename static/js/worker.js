// The service worker: front page and last read articles without a network. /sw.js sets RELEASE and imports this file.
// The network comes first for every page. What is kept is shown only when the network fails, or when it has not
// answered within RELEASE.patience; such a page carries data-kept, the moment at which it was kept, and offline.js says so.

const { offline, patience, articles: MAX_ARTICLES, pictureBytes: MAX_BYTES, static: STATIC } = self.RELEASE;
const PAGES = "pages-1";
const FILES = "files-1";
const PICTURES = "pictures-1";
const MAX_FILES = 200;
const MAX_AGE = 30 * 24 * 3600_000;
const FRONT_PAGE_AGE = 3600_000;

const ARTICLE = /^(\/(?:en\/|zh-hans\/)?)news\/(\d+)-[^/]*\/$/;
const HOME = /^\/(?:en\/|zh-hans\/)?$/;
const UNTOUCHED = ["/", "/en/", "/zh-hans/"].flatMap((home) => [`${home}admin/`, `${home}comments/`]);
const IMMUTABLE = /^\/images\/.+\/.+\/.|\.[0-9a-f]{12}\.\w+$/;
const LINKED = /(?:href|src)="([^"]+\.(?:css|js|svg))"/g;

const saveData = () => Boolean(navigator.connection?.saveData);

// What changes the keep does so one after the other.
let queue = Promise.resolve();
const inTurn = (work) => (queue = queue.then(work, work));

// An article is one, whatever its slug; {key, article}, or null for what is never kept.
function placeOf(url) {
  const article = url.pathname.match(ARTICLE);
  if (article) return { key: `${url.origin}${article[1]}news/${article[2]}/`, home: article[1] };
  return HOME.test(url.pathname) && !url.search ? { key: url.origin + url.pathname } : null;
}

// Pages

// The browser has asked for the page while it started the worker. If that answer were left lying it would ask again.
const fromNetwork = async (event) => (await event.preloadResponse) ?? fetch(event.request);

async function page(event, url) {
  const place = placeOf(url);
  const network = fromNetwork(event);
  // First in the row, so that the copy is made before the page is read.
  event.waitUntil(network.then((response) => learn(url, response.clone())).catch(() => {}));
  const kept = place && (await (await caches.open(PAGES)).match(place.key));
  const waiting = kept && new Promise((resolve) => setTimeout(resolve, patience));
  try {
    const answer = await (waiting ? Promise.race([network, waiting]) : network);
    if (answer) return answer;
  } catch {
    if (!kept) return offlinePage(url);
  }
  event.waitUntil(inTurn(() => touch(place.key)));
  return marked(kept);
}

async function marked(kept) {
  const html = await kept.text();
  return new Response(html.replace("<html", `<html data-kept="${kept.headers.get("X-Kept-At")}"`), { headers: kept.headers });
}

async function offlinePage(url) {
  const [, language = "ru"] = url.pathname.match(/^\/(en|zh-hans)\//) ?? [];
  return (await (await caches.open(FILES)).match(offline[language])) ?? Response.error();
}

// What an answer of the network says about the keep: the page as it is now, or that it is gone.
async function learn(url, response) {
  const place = placeOf(url);
  if (!place) return;
  if (response.status === 404 || response.status === 410) {
    await inTurn(() => drop(place.key));
    return;
  }
  const control = response.headers.get("Cache-Control") ?? "";
  if (!response.ok || response.redirected || !/\bpublic\b/.test(control) || /\b(?:private|no-store)\b/.test(control)) return;
  const html = await response.text();
  if (place.home && !html.includes("data-article=")) {
    // It is there in other languages alone.
    await inTurn(() => drop(place.key));
    return;
  }
  if (url.search) return;
  const headers = new Headers(response.headers);
  for (const name of ["Content-Encoding", "Content-Length", "ETag"]) headers.delete(name);
  headers.set("X-Kept-At", Date.now());
  headers.set("X-Path", url.pathname);
  await inTurn(async () => {
    await put(place.key, new Response(html, { headers }));
    await trim();
  });
}

// The last in the cache is the last read.
async function put(key, response) {
  const cache = await caches.open(PAGES);
  await cache.delete(key);
  await cache.put(key, response);
}

async function drop(key) {
  await (await caches.open(PAGES)).delete(key);
}

async function touch(key) {
  const kept = await (await caches.open(PAGES)).match(key);
  if (kept) await put(key, kept);
}

async function trim() {
  const pages = await caches.open(PAGES);
  let left = MAX_ARTICLES;
  for (const request of (await pages.keys()).reverse()) {
    const kept = await pages.match(request);
    const old = Date.now() - Number(kept.headers.get("X-Kept-At")) > MAX_AGE;
    if (old || (!HOME.test(new URL(request.url).pathname) && left-- < 1)) await pages.delete(request);
  }
  const files = await caches.open(FILES);
  for (const request of (await files.keys()).reverse().filter(({ url }) => !isOfflinePage(url)).slice(MAX_FILES)) {
    await files.delete(request);
  }
  const pictures = await caches.open(PICTURES);
  let bytes = MAX_BYTES;
  for (const request of (await pictures.keys()).reverse()) {
    bytes -= (await (await pictures.match(request)).blob()).size;
    if (bytes < 0) await pictures.delete(request);
  }
}

// Style sheets, scripts, pictures

const isOfflinePage = (url) => Object.values(offline).includes(new URL(url).pathname);
const isFile = (url) => url.origin === location.origin && (url.pathname.startsWith(STATIC) || url.pathname.startsWith("/images/"));

async function file(request, url) {
  const kept = await caches.match(request.url);
  if (kept && IMMUTABLE.test(url.pathname)) return kept;
  try {
    return await fetch(request);
  } catch {
    return kept ?? Response.error();
  }
}

// What a page has loaded is in the browser's own cache: under Save-Data nothing else is asked for.
async function store(address) {
  const url = new URL(address, location.origin);
  if (!isFile(url)) return;
  const cache = await caches.open(url.pathname.startsWith("/images/") ? PICTURES : FILES);
  if (IMMUTABLE.test(url.pathname) && (await cache.match(url.href))) return;
  try {
    const response = await fetch(url.href, saveData() ? { cache: "only-if-cached", mode: "same-origin" } : {});
    if (response.ok) await cache.put(url.href, response);
  } catch {
    // The page stays readable without it.
  }
}

// A page tells what it has loaded. The first one was there before its worker: it is asked for again.
async function keep(url, files) {
  const place = placeOf(url);
  if (!place) return;
  const pages = await caches.open(PAGES);
  if (!(await pages.match(place.key))) await learn(url, await fetch(url.href));
  // A private page leaves no picture behind either.
  if (!(await pages.match(place.key))) return;
  for (const address of files) await store(address);
  await inTurn(trim);
  if (!place.home || saveData()) return;
  const home = new URL(place.home, location.origin);
  const front = await pages.match(home.href);
  if (!front || Date.now() - Number(front.headers.get("X-Kept-At")) > FRONT_PAGE_AGE) await learn(home, await fetch(home.href));
}

async function install() {
  const cache = await caches.open(FILES);
  for (const path of Object.values(offline)) {
    const response = await fetch(path, { cache: "no-cache" });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    const html = await response.clone().text();
    await cache.put(path, response);
    for (const [, address] of html.matchAll(LINKED)) await store(address);
  }
}

async function activate() {
  for (const name of await caches.keys()) if (![PAGES, FILES, PICTURES].includes(name)) await caches.delete(name);
  await registration.navigationPreload?.enable();
  await clients.claim();
}

addEventListener("install", (event) => {
  skipWaiting();
  // Where the browser can, these pages pass by the worker altogether.
  event.addRoutes?.(UNTOUCHED.map((place) => ({ condition: { urlPattern: { pathname: `${place}*` } }, source: "network" })));
  event.waitUntil(install());
});

addEventListener("activate", (event) => event.waitUntil(activate()));

addEventListener("message", (event) => {
  const url = new URL(event.data.keep, location.origin);
  if (url.origin === location.origin) event.waitUntil(keep(url, event.data.files).catch(() => {}));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const navigates = request.mode === "navigate";
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (UNTOUCHED.some((place) => url.pathname.startsWith(place))) {
    if (navigates) event.respondWith(fromNetwork(event));
  } else if (navigates) event.respondWith(page(event, url));
  else if (isFile(url)) event.respondWith(file(request, url));
});
