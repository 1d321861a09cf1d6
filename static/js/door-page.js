// What the door's scripts share of a page: its addresses, its words, another content.

// Looked up anew each time: a page that is swapped brings its own.
export const root = () => document.getElementById("door-live");

export function urls() {
  return root().dataset;
}

export function say(name, values = {}) {
  const words = JSON.parse(document.getElementById("door-words").textContent);
  return words[name].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

// "9:08 pm PDT", by the clock of the house.
export function clock(at) {
  const time = { hour: "numeric", minute: "2-digit" };
  const format = { ...time, timeZone: urls().zone, timeZoneName: "short" };
  return new Intl.DateTimeFormat(`${document.documentElement.lang}-US`, format)
    .formatToParts(new Date(at))
    .map(({ type, value }) => (type === "dayPeriod" ? value.toLowerCase() : value))
    .join("");
}

// The code of a pass, whether its whole address was read or the code alone.
export function tokenOf(read) {
  return read.trim().replace(/\/+$/, "").split("/").pop();
}

// Take the content of an answer for this page's own. False where it is no page of the
// door; the caller then goes there.
export function show(html, address = null) {
  if (!swap(html)) return false;
  if (address && address !== location.href) {
    // Another page stands here than was loaded: going back loads the one before.
    history.pushState({ swapped: true }, "", address);
  }
  document.getElementById("content").focus({ preventScroll: true });
  window.scrollTo(0, 0);
  return true;
}

// The same without moving anybody: the page learned something by itself.
export function swap(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const content = page.getElementById("content");
  const header = page.querySelector(".door-header");
  if (!content || !header || !page.body.classList.contains("door")) return false;
  document.title = page.title;
  document.querySelector(".door-header").replaceWith(header);
  document.getElementById("content").replaceWith(content);
  for (const part of [header, content]) window.htmx?.process(part);
  document.dispatchEvent(new CustomEvent("door:shown"));
  return true;
}

// A press is under way: until its answer takes the content's place, nothing else may.
const content = () => document.getElementById("content");
export const markPressed = () => content().toggleAttribute("data-pressed", true);
export const isPressed = () => content().hasAttribute("data-pressed");

// Carry something over to the page that works without a network; not in its address.
const NEXT = "door-next";

export function goOffline(next = null) {
  if (next) sessionStorage.setItem(NEXT, JSON.stringify(next));
  location.assign(urls().shell);
}

export function takeNext() {
  const next = sessionStorage.getItem(NEXT);
  sessionStorage.removeItem(NEXT);
  return next ? JSON.parse(next) : null;
}

// Fill a template of the page: each [data-slot] is given its text, a null one is taken
// out.
export function fill(id, slots) {
  const part = document.getElementById(id).content.firstElementChild.cloneNode(true);
  const places = part.querySelectorAll("[data-slot]");
  for (const place of part.matches("[data-slot]") ? [part, ...places] : places) {
    const words = slots[place.dataset.slot];
    if (words === null || words === undefined || words === "") place.remove();
    else place.textContent = words;
  }
  return part;
}
