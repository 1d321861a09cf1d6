// Scans that wait for the network: kept in order, sent again with the same names until
// the server says what became of each, and what it corrects kept until it was read.

import { add, drop, keep, read, waiting } from "./door-store.js";

const BATCH = 200; // The most the server takes in one call.
const NOTICES = "notices";
const LAST = "last-number";
// A place in the queue, a date and the list of notices are of one tab at a time.
const locked = (name, act) =>
  navigator.locks ? navigator.locks.request(name, act) : act();

function makeNonce() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

// Keep one press: {guest, name, action, colour, as_of, allowed_by, reason}, and its
// nonce if it was given one. A press that is kept already stays as it was.
export function press(slug, scan) {
  return locked(`door-queue/${slug}`, async () => {
    const kept = await waiting(slug);
    const nonce = scan.nonce || makeNonce();
    if (kept.some((row) => row.nonce === nonce)) return;
    const seq = ((await read(slug, LAST)) ?? 0) + 1;
    await keep(slug, LAST, seq);
    await add(slug, { ...scan, nonce, seq, at: new Date().toISOString() });
    changed();
  });
}

// The last thing pressed here for each person and not sent yet, by their id.
export async function lastPresses(slug) {
  const last = new Map();
  for (const scan of await waiting(slug)) last.set(scan.guest, scan);
  return last;
}

// Send everything that waits, in order. True when nothing waits any more.
export function send(slug, url, csrf) {
  return locked(`door-send/${slug}`, async () => {
    for (;;) {
      const scans = (await waiting(slug)).slice(0, BATCH);
      if (!scans.length) return true;
      const answer = await deliver(url, csrf, scans);
      if (!answer) return false;
      const known = new Set(answer.received.map((row) => row.nonce));
      const gone = scans.filter((scan) => known.has(scan.nonce));
      if (!gone.length) return false; // not one was acknowledged: later again
      await tell(slug, answer, scans);
      await drop(slug, gone.map((scan) => scan.nonce));
      changed();
    }
  });
}

async function deliver(url, csrf, scans) {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
      // The name was for this phone's own eyes.
      body: JSON.stringify({
        sent_at: new Date().toISOString(),
        scans: scans.map(({ name, ...scan }) => scan),
      }),
      redirect: "manual",
      signal: AbortSignal.timeout(20_000),
    });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

// What the server made of it is kept before the scans go: nothing is said twice less.
async function tell(slug, answer, scans) {
  const names = new Map(scans.map((scan) => [scan.nonce, scan.name]));
  const corrections = answer.corrections ?? [];
  const others = answer.received
    .filter((row) => row.outcome === "refused")
    .map((row) => [names.get(row.nonce), row.words].filter(Boolean).join(": "));
  const fresh = [...corrections, ...others];
  if (!fresh.length) return;
  await locked(`door-notices/${slug}`, async () => {
    const kept = (await read(slug, NOTICES)) ?? [];
    await keep(slug, NOTICES, [...kept, ...fresh]);
  });
}

export async function notices(slug) {
  return (await read(slug, NOTICES)) ?? [];
}

export async function noticesRead(slug) {
  await keep(slug, NOTICES, []);
  changed();
}

function changed() {
  document.dispatchEvent(new CustomEvent("door:queue"));
}
