// The door with a dead network: the sealed list of this phone is searched, and what is
// pressed waits in the queue. Everything is said in words; no page about anybody is kept.

import { asOf, byId, byPass, hosts, search } from "./door-list.js";
import { clock, fill, say, takeNext, tokenOf, urls } from "./door-page.js";
import { lastPresses, press } from "./door-queue.js";

const ROWS = 20;
const QUEUED = { in: "in_here", out: "out_here", home: "home_here" };
const TONES = { green: "good", gold: "waiting", blue: "info", grey: "muted", red: "bad" };
const ENTERS = ["green", "blue"];

const slug = urls().slug;
const box = document.getElementById("q");
const foundPlace = document.getElementById("offline-found");
const cardPlace = document.getElementById("offline-card");
const notePlace = document.getElementById("offline-note");
let shown = null; // whose card is open
let listAt = null;
let known = new Map(); // what was pressed here, until a list is newer than its sending
let turn = 0; // of what is drawn: a slow answer does not paint over a newer one

// Where somebody stands: the list's word, and over it what was pressed here since.
function standing(row, last) {
  const here = last.get(row.id);
  const pressed = here ?? known.get(row.id);
  return { here, isInside: pressed ? pressed.action === "in" : row.inside };
}

async function pressedHere() {
  const last = await lastPresses(slug);
  known = new Map([...known, ...last]);
  return last;
}

function note(words) {
  notePlace.textContent = words;
  notePlace.hidden = !words;
}

// --- Who is found -----------------------------------------------------------------------

async function showFound() {
  const mine = ++turn;
  const typed = box.value;
  const rows = await search(slug, typed);
  const last = await pressedHere();
  if (mine !== turn) return;
  shown = null;
  cardPlace.replaceChildren();
  if (rows === null) {
    const words = listAt ? say("too_short") : say("no_list");
    foundPlace.replaceChildren(fill("t-hint", { words }));
  } else if (!rows.length) {
    const why = say("not_found_as_of", { time: clock(listAt) });
    foundPlace.replaceChildren(fill("t-none", { words: say("not_found"), why }));
  } else {
    const list = document.createElement("ul");
    list.className = "door-list";
    list.append(...rows.slice(0, ROWS).map((row) => foundRow(row, standing(row, last))));
    foundPlace.replaceChildren(list);
    if (rows.length > ROWS) foundPlace.append(fill("t-hint", { words: say("more") }));
  }
}

function foundRow(row, { isInside }) {
  const status = isInside ? say("inside") : say(row.colour);
  const companion = row.with && say("with", { name: row.with });
  const part = fill("t-row", { name: row.name, with: companion, status });
  const pill = part.querySelector("[data-slot=status]");
  pill.classList.add(`status-${isInside ? "info" : TONES[row.colour]}`);
  part.querySelector("button").dataset.guest = row.id;
  return part;
}

// --- A card -------------------------------------------------------------------------------

async function showCard(row, words = "") {
  const mine = ++turn;
  const last = await pressedHere();
  const party = await Promise.all(row.party.map((id) => byId(slug, id)));
  const names = row.colour === "gold" ? await hosts(slug) : [];
  if (mine !== turn) return;
  shown = row;
  foundPlace.replaceChildren();
  note(words);
  const others = party.filter(Boolean).map((other) => together(other, last));
  cardPlace.replaceChildren(cardOf(row, last), ...acts(row, last, names), ...others);
  document.getElementById("content").focus({ preventScroll: true });
  window.scrollTo(0, 0);
}

function cardOf(row, last) {
  const { here, isInside } = standing(row, last);
  const part = fill("t-card", {
    name: row.name,
    with: row.with && say("with", { name: row.with }),
    words: isInside ? say("inside") : row.words,
    here: here && hereWords(here),
  });
  part.classList.add(`door-${row.colour}`);
  const reasons = part.querySelector("ul");
  for (const reason of row.reasons) {
    const item = document.createElement("li");
    item.textContent = reason;
    reasons.append(item);
  }
  if (!row.reasons.length) reasons.remove();
  return part;
}

function hereWords(scan) {
  const words = say(QUEUED[scan.action], { time: clock(scan.at) });
  if (!scan.allowed_by) return words;
  return `${words} ${say("on_word", { name: scan.allowed_by })}`;
}

function acts(row, last, names) {
  const { isInside } = standing(row, last);
  if (isInside) return [button("t-out", row, "out"), button("t-home", row, "home")];
  if (ENTERS.includes(row.colour)) {
    return [button("t-in", row, "in", say("let_in"))];
  }
  return row.colour === "gold" ? [onWord(row, names)] : [];
}

function button(template, row, action, words = null) {
  const part = fill(template, words ? { words } : {});
  const press = part.matches("button") ? part : part.querySelector("button");
  press.dataset.action = action;
  press.dataset.guest = row.id;
  return part;
}

function together(other, last) {
  const { here, isInside } = standing(other, last);
  const part = fill("t-together", {
    name: other.name,
    words: isInside ? say("inside") : other.words,
    here: here && hereWords(here),
  });
  part.classList.add(`door-${other.colour}`);
  part.querySelector("[data-slot=name]").dataset.guest = other.id;
  if (!isInside && ENTERS.includes(other.colour)) {
    part.append(button("t-in", other, "in", say("let_name_in", { name: other.name })));
  }
  return part;
}

// Somebody who owes comes in on a host's word, and the host has a name.
function onWord(row, names) {
  const part = fill("t-word", {});
  const choices = part.querySelector("[data-hosts]");
  for (const name of names) {
    const choice = fill("t-host", { name });
    choice.querySelector("input").value = name;
    choices.append(choice);
  }
  const form = part.querySelector("form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = new FormData(form);
    const allowed = (said.get("other") || said.get("host") || "").trim();
    const error = form.querySelector(".field-error");
    error.hidden = Boolean(allowed);
    error.textContent = allowed ? "" : say("who");
    if (allowed) keepPress(row, "in", { allowed_by: allowed.slice(0, 200) });
    else form.querySelector("input").focus();
  });
  part.querySelector("[data-hold]").addEventListener("click", () => note(say("hold")));
  return part;
}

async function keepPress(row, action, more = {}) {
  const { id: guest, name, colour } = row;
  await press(slug, { guest, name, action, colour, as_of: listAt, reason: "", ...more });
  navigator.vibrate?.(60);
  await showCard(shown ?? row);
}

// --- What is pressed and typed ---------------------------------------------------------------

async function openCard(row, words) {
  if (row) await showCard(row, words);
  return Boolean(row);
}

cardPlace.addEventListener("click", async (event) => {
  const pressed = event.target.closest("button[data-action]");
  const other = event.target.closest("[data-guest]:not([data-action])");
  if (pressed) {
    pressed.disabled = true;
    keepPress(await byId(slug, pressed.dataset.guest), pressed.dataset.action);
  } else if (other) openCard(await byId(slug, other.dataset.guest));
});
foundPlace.addEventListener("click", async (event) => {
  const pressed = event.target.closest("[data-guest]");
  if (pressed) openCard(await byId(slug, pressed.dataset.guest));
});
box.addEventListener("input", showFound);
box.form.addEventListener("submit", (event) => {
  event.preventDefault();
  showFound();
});
document.getElementById("offline-code").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = event.target.elements.code;
  const row = await byPass(slug, tokenOf(field.value));
  if (!(await openCard(row))) note(say("wrong_code"));
  else field.value = "";
});
document.addEventListener("door:code", (event) => {
  const { detail } = event;
  detail.answer = byPass(slug, detail.token).then((row) => openCard(row));
});
// Sent, or pressed: the words on the card follow.
document.addEventListener("door:queue", () => {
  if (shown) showCard(shown, notePlace.textContent);
});
// The list knows by now what was sent.
document.addEventListener("door:list", async () => {
  known.clear();
  listAt = await asOf(slug);
  if (shown) showCard((await byId(slug, shown.id)) ?? shown, notePlace.textContent);
});
// The network is back, nobody is in the middle of anything: on with the door itself.
document.addEventListener("door:idle", () => {
  if (!shown && !box.value) location.replace(urls().door);
});

async function begin() {
  listAt = await asOf(slug);
  const next = takeNext() ?? {};
  const address = new URL(location.href);
  const guest = next.guest ?? address.pathname.match(/\/door\/(\d+)\//)?.[1];
  if (address.searchParams.has("lost")) note(say("needs_network"));
  const row = guest ? await byId(slug, guest) : null;
  if (row) return showCard(row, next.note);
  if (next.note) note(next.note);
  if (next.code && (await openCard(await byPass(slug, next.code)))) return;
  if (next.code) note(say("wrong_code"));
  box.value = next.q ?? address.searchParams.get("q") ?? "";
  return showFound();
}

await begin();
