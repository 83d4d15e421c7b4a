// Keeps the bench usable without network: its page, the batch that was opened last, and the files that they need.
"use strict";
const PAGES = "bench-pages", FILES = "bench-files", PATIENCE_MS = 6000;

addEventListener("install", () => skipWaiting());
addEventListener("activate", event => event.waitUntil(clients.claim()));

// A page tells which files it needs; all others are from an earlier version.
addEventListener("message", event => event.waitUntil(keep(event.data)));
const keep = async ({ page, files }) => {
  const cache = await caches.open(FILES);
  for (const kept of await cache.keys()) if (!files.includes(new URL(kept.url).pathname)) await cache.delete(kept);
  for (const file of files) if (!await cache.match(file)) await cache.add(file);
  if (!await (await caches.open(PAGES)).match(page)) await ask(new Request(page, { credentials: "same-origin" }), page);
};
const ask = async (request, page) => {
  const answer = await fetch(request);
  const cache = await caches.open(PAGES);
  if (answer.type === "opaqueredirect" || answer.redirected) {
    // The session has ended; the next one may be somebody else's.
    await caches.delete(PAGES);
  } else if (answer.ok) {
    if (page !== "/bench") {
      for (const kept of await cache.keys()) if (!["/bench", page].includes(new URL(kept.url).pathname)) await cache.delete(kept);
    }
    await cache.put(page, answer.clone());
  }
  return answer;
};
const shown = async (request, page) => {
  const kept = async () => (await (await caches.open(PAGES)).match(page)) || (await (await caches.open(PAGES)).match("/bench"));
  const asked = ask(request, page);
  const late = new Promise(done => setTimeout(done, PATIENCE_MS)).then(async () => await kept() || asked);
  try {
    const answer = await Promise.race([asked, late]);
    return answer.status >= 500 ? await kept() || answer : answer;
  } catch (failure) {
    const found = await kept();
    if (found) return found;
    throw failure;
  }
};
addEventListener("fetch", event => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin || request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) {
    event.respondWith(caches.match(request, { ignoreVary: true }).then(found => found || fetch(request)));
  } else if (["/bench/left", "/bench/people"].includes(url.pathname)) { // somebody else may go on
    event.waitUntil(caches.delete(PAGES));
  } else if (request.mode === "navigate" && /^\/bench(\/batches\/[^/]+)?$/.test(url.pathname)) {
    event.respondWith(shown(request, url.pathname));
  }
});
