// The door hears of everything within a second or two: results, money, statues, the
// other doors. It notices a dead network, keeps the list for it, and sends what waits.

import { asOf, refresh, wipe } from "./door-list.js";
import { clock, goOffline, isPressed, root, say, swap, urls } from "./door-page.js";
import { notices, noticesRead, send } from "./door-queue.js";
import { isTyped, remember, restore } from "./keeping.js";
import { forget, keep, read, waiting } from "./door-store.js";

const EVERY_MS = 1_000;
const HIDDEN_MS = 15_000;
const ANSWER_MS = 4_000;
const BEAT_MS = 15_000;
const LIST_MS = 60_000;
const FAILURES = 2; // One lost answer is no dead network.
const SINCE = "offline-since";
const CSRF = "csrf";

const slug = urls().slug;
const isShell = Boolean(document.getElementById("door-offline"));
let failures = 0;
let since = null; // when the network went away
let csrf = "";
let last = null; // the news before
let queued = 0;
let listAt = null; // when the kept list is of
let fetchedAt = 0;
let fetchedFor = null; // the results it was fetched for
let beatAt = 0;
let timer = null;

// --- Asking -----------------------------------------------------------------------------

async function round() {
  clearTimeout(timer);
  await ask();
  timer = setTimeout(round, document.hidden ? HIDDEN_MS : EVERY_MS);
}

async function ask() {
  const { pulse, guest } = urls();
  let response;
  try {
    response = await fetch(guest ? `${pulse}?guest=${guest}` : pulse, {
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (response.ok) return await heard(await response.json());
  } catch {
    return failed();
  }
  // Shut out, its hour over, or signed out: the server's own page says which.
  if (response.status === 410 || response.type === "opaqueredirect") return leave();
  return failed();
}

async function failed() {
  failures += 1;
  if (since || (failures < FAILURES && navigator.onLine)) return;
  since = (await read(slug, SINCE)) ?? new Date().toISOString();
  await keep(slug, SINCE, since);
  await paint();
}

async function heard(told) {
  failures = 0;
  csrf = told.csrf;
  if (since) {
    since = null;
    await forget(slug, SINCE);
    await paint();
    document.dispatchEvent(new CustomEvent("door:online"));
  }
  showFigures(told);
  await showChanges(told);
  last = told;
  if (queued && (await send(slug, urls().sync, csrf))) fetchedFor = null; // too old now
  await keepUp(told);
  if (isShell && !queued) document.dispatchEvent(new CustomEvent("door:idle"));
}

// --- What is on the screen ----------------------------------------------------------------

function showFigures(told) {
  const count = document.querySelector(".door-count strong");
  if (count) count.textContent = told.inside;
  for (const badge of document.querySelectorAll("[data-badge]")) {
    const number = told[badge.dataset.badge];
    badge.hidden = !number;
    badge.querySelector("strong").textContent = number;
  }
}

async function showChanges(told) {
  const { guest, card } = urls();
  const before = last ?? told;
  if (guest && told.card) {
    const isNew = told.card !== card || (last?.asked && told.asked !== last.asked);
    if (isNew) await lookAgain(told.card);
  } else if (told.results !== before.results || told.inside !== before.inside) {
    const box = document.getElementById("q");
    if (box?.value) window.htmx?.trigger(box, "door:look");
  }
  document.body.dispatchEvent(new CustomEvent("door:news", { detail: told }));
}

// Something is typed or opened: then only the decision changes.
function isBusy(content) {
  const fields = content.querySelectorAll("input:not([type=hidden]), textarea, select");
  const isInUse = (field) => field === document.activeElement || isTyped(field);
  return Boolean(content.querySelector("details[open]")) || [...fields].some(isInUse);
}

async function lookAgain(stamp) {
  if (isPressed()) return;
  let html;
  try {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const response = await fetch(urls().look, { redirect: "manual", signal });
    if (!response.ok) return;
    html = await response.text();
  } catch {
    return;
  }
  // Pressed while the answer was on its way: the press brings a page of its own.
  if (isPressed()) return;
  const content = document.getElementById("content");
  const kept = remember(content);
  if (!isBusy(content)) {
    swap(html);
    restore(kept, document.getElementById("content"));
    return;
  }
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = page.getElementById("door-now");
  const now = document.getElementById("door-now");
  if (!fresh || !now) return;
  now.replaceWith(fresh);
  window.htmx?.process(fresh);
  restore(kept, content);
  root().dataset.card = stamp;
}

// --- The banner: the network, what waits, what was corrected --------------------------------

async function paint() {
  const scans = await waiting(slug);
  queued = scans.length;
  listAt = await asOf(slug);
  const banner = document.getElementById("door-banner");
  const parts = [];
  if (since) {
    parts.push(say("offline", { time: clock(since) }));
    parts.push(listAt ? say("prices", { time: clock(listAt) }) : say("no_list"));
  } else if (isShell && last) parts.push(say("online"));
  const words = parts.join(" ");
  const place = banner.querySelector("[data-slot=words]");
  // The same words again would be read out again.
  if (place.textContent !== words) place.textContent = words;
  banner.hidden = !words;
  banner.querySelector("[data-go=offline]").hidden = !since || isShell || !canStay();
  banner.querySelector("[data-go=online]").hidden = Boolean(since) || !isShell;
  const waitingWords = queued === 1 ? say("queued_one") : say("queued", { n: queued });
  const queue = document.getElementById("door-queue");
  queue.hidden = !queued;
  queue.textContent = queued ? waitingWords : "";
  markUnpairing();
  await paintNotices();
}

const canStay = () => Boolean(navigator.serviceWorker?.controller);

async function paintNotices() {
  const lines = await notices(slug);
  const panel = document.getElementById("door-notices");
  const list = panel.querySelector("ul");
  const shown = [...list.children].map((item) => item.textContent);
  if (JSON.stringify(shown) !== JSON.stringify(lines)) {
    list.replaceChildren(
      ...lines.map((line) => {
        const item = document.createElement("li");
        item.textContent = line;
        return item;
      }),
    );
  }
  panel.hidden = !lines.length;
}

function markUnpairing() {
  for (const form of document.querySelectorAll("form[action$='/door/unpair/']")) {
    form.querySelector("[data-why]")?.remove();
    if (!queued) continue;
    const why = document.createElement("p");
    why.className = "hint";
    why.dataset.why = "";
    why.textContent = say("stay");
    form.append(why);
  }
}

// --- Behind the screen ------------------------------------------------------------------

// A phone says how it does, and keeps its list as new as the results.
async function keepUp(told) {
  if (!urls().phone) return;
  const now = Date.now();
  if (now - beatAt > BEAT_MS) {
    beatAt = now;
    await keep(slug, CSRF, csrf); // for a page that was opened without a network
    await beat();
  }
  const isOld = now - fetchedAt > LIST_MS || told.results !== fetchedFor;
  if (!isOld || !window.crypto?.subtle) return;
  fetchedAt = now;
  fetchedFor = told.results;
  try {
    listAt = (await refresh(slug, urls(), csrf)) ?? listAt;
    document.dispatchEvent(new CustomEvent("door:list"));
  } catch {
    fetchedAt = now - LIST_MS + BEAT_MS; // soon again
  }
}

async function beat() {
  const said = { queued, snapshot_at: listAt, sent_at: new Date().toISOString() };
  try {
    await fetch(urls().beat, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify(said),
      redirect: "manual",
    });
  } catch {
    beatAt = 0;
  }
}

// This phone opens nothing any more. What it knew is gone; what it scanned is handed in.
async function leave() {
  await wipe(slug);
  csrf ||= (await read(slug, CSRF)) ?? "";
  if (queued && !(await send(slug, urls().sync, csrf))) return;
  clearTimeout(timer);
  const worker = await navigator.serviceWorker?.getRegistration(urls().scope);
  await worker?.unregister();
  location.assign(urls().door);
}

async function unpair(event) {
  event.preventDefault();
  const form = event.target;
  if (queued) return paint();
  await wipe(slug);
  form.submit();
}

document.addEventListener("click", async (event) => {
  const go = event.target.closest("[data-go]")?.dataset.go;
  if (go === "offline") {
    event.preventDefault();
    goOffline({ q: document.getElementById("q")?.value ?? "", guest: urls().guest });
  } else if (go === "read") {
    await noticesRead(slug);
    document.getElementById("content").focus({ preventScroll: true });
  }
});
document.addEventListener("door:unpair", (event) => unpair(event.detail));
document.addEventListener("door:queue", paint);
document.addEventListener("door:shown", paint);
document.addEventListener("door:no-answer", () => failed());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) round();
});
window.addEventListener("online", round);
window.addEventListener("offline", round);
// A search that got no answer goes on in the list this phone keeps.
for (const kind of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.id === "q" && urls().phone && canStay()) {
      goOffline({ q: event.target.value });
    }
  });
}
document.addEventListener("keydown", (event) => {
  const isFree = !event.target.closest?.("input, textarea, select, [contenteditable]");
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const box = document.getElementById("q");
  if (event.key !== "/" || !isFree || !isPlain || !box) return;
  event.preventDefault();
  box.focus();
});

navigator.serviceWorker
  ?.register(urls().worker, { scope: urls().scope, updateViaCache: "none" })
  .catch(() => {}); // without it, the door needs its network
await paint();
await round();
