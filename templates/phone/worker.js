/* The device's own part of the pages: it starts without a connection, and shows what was pushed.
   Kept are files of the product and two pages that are the same for everybody; never a page of somebody's. */
const CACHE = "reviewhub-{{ version }}";
const FILES = {{ files|safe }};
const CARDS = "{{ cards }}";
const OFFLINE = "{{ offline }}";
const STATIC = "{{ static }}";
const BUSY = [502, 503, 504];

const kept = async (path) => (await caches.open(CACHE)).match(path, { ignoreSearch: true, ignoreVary: true });

async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll([...FILES, CARDS, OFFLINE].map((path) => new Request(path, { cache: "no-cache" })));
}

async function clean() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("reviewhub-") && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function page(request) {
  const isCards = new URL(request.url).pathname === CARDS;
  const answer = await fetch(request).catch(() => null);
  if (answer && !(isCards && BUSY.includes(answer.status))) return answer;
  return (await kept(isCards ? CARDS : OFFLINE)) ?? answer ?? Response.error();
}

const file = (request) => fetch(request).catch(async () => (await kept(request.url)) ?? Response.error());

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(clean()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (pathname.startsWith(STATIC)) event.respondWith(file(request));
});

/* ---- what was pushed: {"title", "text", "url", "tag", "badge"} --------------------------------- */

async function show(told) {
  await self.registration.showNotification(told.title, { body: told.text, tag: told.tag, data: told.url, icon: "{{ icon }}" });
  await self.navigator.setAppBadge?.(told.badge);
}

async function open(url) {
  const pages = await self.clients.matchAll({ type: "window" });
  if (!pages.length) return self.clients.openWindow(url);
  await pages[0].focus();
  return pages[0].navigate(url);
}

self.addEventListener("push", (event) => event.data && event.waitUntil(show(event.data.json())));
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});
