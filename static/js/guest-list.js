// The guest list by keyboard, and a count of who is ticked. The page works without.

const KEYS_OFF = "guest-list-keys-off";
const form = document.getElementById("guest-list");
const keys = document.getElementById("keys");
const keysOn = document.getElementById("keys-on");

function stored(change) {
  try {
    return change(window.localStorage);
  } catch {
    return null; // a browser that keeps nothing: keys stay as they are
  }
}

// --- Who is ticked -------------------------------------------------------------------

function countTicked() {
  const bulk = form.querySelector(".bulk");
  const everybody = form.elements.everybody;
  const ticked = form.querySelectorAll("input[name=guest]:checked").length;
  const label = bulk.querySelector(".bulk-count");
  label.dataset.plain ??= label.textContent;
  const words = ticked === 1 ? bulk.dataset.one : bulk.dataset.many.replace("N", ticked);
  const all = everybody.closest("label").textContent.trim();
  label.textContent = everybody.checked ? all : ticked ? words : label.dataset.plain;
  bulk.classList.toggle("bulk-ready", everybody.checked || ticked > 0);
  // With nobody ticked it would only stand in the way of the list. Its place is kept.
  bulk.classList.toggle("bulk-idle", !everybody.checked && ticked === 0);
}

function addTickAll() {
  const head = form.querySelector("thead th");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.setAttribute("aria-label", head.textContent.trim());
  box.addEventListener("change", () => {
    for (const row of form.querySelectorAll("input[name=guest]")) row.checked = box.checked;
    countTicked();
  });
  head.append(box);
}

if (form) {
  addTickAll();
  form.addEventListener("change", countTicked);
  // Back from another page the browser may have kept the ticks.
  window.addEventListener("pageshow", countTicked);
}

// --- Keys: only while no field has the focus, and only if wanted (WCAG 2.1.4) -----------

function rows() {
  return form ? [...form.querySelectorAll("tbody tr")] : [];
}

function here() {
  return document.activeElement?.closest?.("#guest-list tbody tr") ?? null;
}

function step(by) {
  const all = rows();
  const place = all.indexOf(here());
  const next = place < 0 ? (by > 0 ? 0 : all.length - 1) : place + by;
  const row = all[Math.min(Math.max(next, 0), all.length - 1)];
  row?.querySelector(".primary a")?.focus();
  row?.scrollIntoView({ block: "nearest" });
}

function tick() {
  const box = here()?.querySelector("input[name=guest]");
  if (!box) return;
  box.checked = !box.checked;
  countTicked();
}

function showKeys() {
  keys.open = true;
  keys.querySelector("summary").focus();
}

const ACTS = {
  "/": () => document.getElementById("q").focus(),
  j: () => step(1),
  k: () => step(-1),
  x: tick,
  "?": showKeys,
};

function inField(target) {
  const isBox = target.matches?.("input[type=checkbox]");
  return !isBox && Boolean(target.closest?.("input, textarea, select, [contenteditable]"));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !keysOn.checked) return;
  const act = ACTS[event.key];
  if (!act || inField(event.target)) return;
  event.preventDefault();
  act();
});

keys.classList.remove("by-script");
keysOn.checked = !stored((storage) => storage.getItem(KEYS_OFF));
keysOn.addEventListener("change", () => {
  stored((storage) =>
    keysOn.checked ? storage.removeItem(KEYS_OFF) : storage.setItem(KEYS_OFF, "1"),
  );
});
