// The door's service worker, behind a head line that names its version and files.
// It keeps the offline page and what that page is made of; never a page about anybody.

const { version, shell, files } = self.DOOR;
const SCOPE = new URL(self.registration.scope).pathname;
const CACHE = `${SCOPE}${version}`;
const ANSWER_MS = 8_000;
const GATEWAY = [502, 504];

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(files.map((file) => new Request(file, { cache: "reload" })));
  const page = await fetch(shell, { cache: "no-store" });
  if (!page.ok || page.redirected) throw new Error("no offline page");
  await cache.put(shell, page);
  await self.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith(SCOPE) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

const kept = async (name) => (await caches.open(CACHE)).match(name);

async function page(request) {
  try {
    const limit = request.method === "GET" ? AbortSignal.timeout(ANSWER_MS) : undefined;
    const response = await fetch(request, { signal: limit });
    if (!GATEWAY.includes(response.status)) return response;
  } catch {
    // no network, or one that says nothing
  }
  // A form that did not arrive must not be sent again by a reload.
  if (request.method !== "GET") return Response.redirect(`${shell}?lost=1`, 303);
  return (await kept(shell)) ?? Response.error();
}

async function file(request) {
  return (await kept(new URL(request.url).pathname)) ?? fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname.startsWith(SCOPE)) event.respondWith(page(request));
  } else if (request.method === "GET" && files.includes(url.pathname)) {
    event.respondWith(file(request));
  }
});
