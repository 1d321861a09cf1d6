// The results desk by keyboard. Everything here presses what is on the page already,
// and the page works without it.

import { say } from "./keeping.js";
import { listen, showKeys } from "./keys.js";

// A key that was meant for what stood there a moment ago must not hit what came after.
const SETTLE_MS = 700;

let isLeaving = false;

const all = (selector) => [...document.querySelectorAll(selector)];

// --- What stands where, and since when ------------------------------------------------

// What a key would hit: the category that is on, and whatever could be pressed; each
// in the version that is shown.
function targets() {
  const named = (it) => it && `${it.id} ${it.form?.elements.version?.value ?? ""}`;
  const shown = document.querySelector("#stage-shown [name=version]");
  return {
    stage: `${document.getElementById("stage-name")?.textContent} ${shown?.value}`,
    confirm: named(pressable("confirm")),
    undo: named(pressable("undo")),
  };
}

const since = {};
let seen = {};

function notice() {
  const now = targets();
  for (const name of Object.keys(now)) {
    if (now[name] !== seen[name]) since[name] = performance.now();
  }
  seen = now;
}

const isSettled = (name) => performance.now() - (since[name] ?? 0) > SETTLE_MS;

// --- Acts -----------------------------------------------------------------------------

function pressable(name) {
  const ofPage = all(`[data-press="${name}"]`);
  const found = ofPage.map((it) => (it.matches("a") ? it : it.querySelector("button")));
  return found.find((it) => it && !it.disabled);
}

function press(control) {
  if (!control || isLeaving) return;
  isLeaving = true;
  control.click();
  // Refused by the browser, say: let the next key try again.
  window.setTimeout(() => (isLeaving = false), 2000);
}

function pressSettled(name) {
  if (isSettled(name)) press(pressable(name));
}

// On the desk a digit announces; on a category's own page it ticks.
function choose(number) {
  const boxes = all("#several[open] input[type=checkbox], #choice input[name=winners]");
  const box = boxes[number - 1];
  if (box) box.checked = !box.checked;
  else if (boxes.length === 0 && isSettled("stage")) press(entries()[number - 1]);
}

const entries = () => all("#stage .stage-entry[name=winners]");

function nobody() {
  const box = document.querySelector("#choice input[name=nobody]");
  if (box) box.checked = !box.checked;
  else if (isSettled("stage")) press(document.querySelector("#stage .stage-nobody"));
}

function several() {
  const part = document.getElementById("several");
  if (!part) return;
  part.open = !part.open;
  if (part.open) part.querySelector("input").focus();
}

function step(by) {
  const links = all("#order a");
  const place = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = links[Math.min(Math.max(place + by, 0), links.length - 1)];
  if (!next || next === links[place]) return;
  links[place]?.removeAttribute("aria-current");
  next.setAttribute("aria-current", "true");
  next.click();
}

function enter() {
  if (!document.activeElement.matches("body, [tabindex='-1']")) return false;
  const name = pressable("go") ? "go" : "confirm";
  if (name === "go") press(pressable("go"));
  else pressSettled("confirm");
  return true;
}

const ACTS = {
  j: () => step(1),
  ArrowDown: () => step(1),
  k: () => step(-1),
  ArrowUp: () => step(-1),
  n: nobody,
  s: several,
  x: () => press(pressable("correct")),
  c: () => pressSettled("confirm"),
  u: () => pressSettled("undo"),
  Enter: enter,
  "?": showKeys,
};

listen("results-desk-keys-off", (event) => {
  const isArrow = event.key.startsWith("Arrow");
  if (event.repeat || (isArrow && !document.getElementById("order"))) return null;
  const number = /^[1-9]$/.test(event.key) ? Number(event.key) : 0;
  return number ? () => choose(number) : ACTS[event.key];
});

// --- News from the server ---------------------------------------------------------------

// In the running order the category that is on is marked, and in sight.
function mark() {
  const shown = document.querySelector("#stage-shown [name=category]")?.value;
  for (const link of all("#order a")) {
    if (link.id === `order-${shown}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const order = document.getElementById("order");
  const row = order?.querySelector("[aria-current]");
  if (!row) return;
  // The list alone is scrolled, never the page; and it may reach below the screen.
  const onScreen = window.innerHeight - order.getBoundingClientRect().top;
  const isCut = onScreen > row.offsetHeight && onScreen < order.clientHeight;
  const room = isCut ? onScreen : order.clientHeight;
  const below = row.offsetTop + row.offsetHeight - room;
  order.scrollTop = Math.min(Math.max(order.scrollTop, below), row.offsetTop);
}

document.addEventListener("htmx:afterSettle", () => {
  mark();
  const before = seen.stage;
  notice();
  const name = document.getElementById("stage-name");
  if (!name || seen.stage === before) return;
  say(name.textContent);
  // What the last press did is no news any more.
  document.getElementById("messages")?.replaceChildren();
});
// Back from another page: nothing is under way any more.
window.addEventListener("pageshow", () => {
  isLeaving = false;
  mark();
  notice();
});

// --- The network ----------------------------------------------------------------------

// The board asks once a second; what stands here without an answer may be old.
const alone = document.getElementById("desk-alone");
const standAlone = (isAlone) => alone && (alone.hidden = !isAlone);
document.addEventListener("htmx:sendError", () => standAlone(true));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr.status) standAlone(false);
});
