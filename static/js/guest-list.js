// The guest list by keyboard, and a count of who is ticked. The page works without.

import { listen, showKeys } from "./keys.js";

const form = document.getElementById("guest-list");

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

// --- Keys -----------------------------------------------------------------------------

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

const ACTS = {
  "/": () => document.getElementById("q").focus(),
  j: () => step(1),
  k: () => step(-1),
  x: tick,
  "?": showKeys,
};

listen("guest-list-keys-off", (event) => ACTS[event.key]);
