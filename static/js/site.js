// What every page does beyond plain HTML. All of it is a convenience: pages work without.

import { remember, restore } from "./keeping.js";

// A form that was refused comes back with 422: show it like any other answer. So is a
// door that searches too fast told, in the place of what it would have found.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { status } = event.detail.xhr;
  if (status === 422 || (status === 429 && event.detail.target.id === "door-found")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

function focusErrorSummary(root) {
  root.querySelector(".error-summary")?.focus();
}

focusErrorSummary(document);
document.addEventListener("htmx:afterSettle", (event) => focusErrorSummary(event.target));

// A link in the summary leads into the field itself, also for groups of choices.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".error-summary a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  event.preventDefault();
  const control = field.matches("input, select, textarea")
    ? field
    : field.querySelector("input, select, textarea");
  (control ?? field).scrollIntoView({ block: "center" });
  (control ?? field).focus();
});

// The room one stands in is in view, however many tabs there are; so is the one that
// keys have come to, whole.
for (const room of document.querySelectorAll(":is(.tabs, .door-rooms) [aria-current]")) {
  room.scrollIntoView({ block: "nearest", inline: "center" });
}
document.addEventListener("focusin", (event) => {
  const room = event.target.closest(":is(.tabs, .door-rooms) a");
  room?.scrollIntoView({ block: "nearest", inline: "nearest" });
});

// What is drawn anew keeps what people did in it, wherever on the page it stands.
let kept = null;
document.addEventListener("htmx:beforeSwap", () => (kept = remember(document.body)));
document.addEventListener("htmx:afterSwap", () => {
  if (kept) restore(kept, document.body);
  kept = null;
});

// After a swap the undo bar is where the next key press goes.
document.addEventListener("htmx:afterSwap", (event) => {
  event.target.querySelector?.(".undo-bar button")?.focus({ preventScroll: true });
});
