// A page's own keys: only while no field has the focus, and only if wanted (WCAG 2.1.4).
// Whether they are wanted is remembered by this browser.

const keys = document.getElementById("keys");
const keysOn = document.getElementById("keys-on");

function stored(change) {
  try {
    return change(window.localStorage);
  } catch {
    return null; // a browser that keeps nothing: keys stay as they are
  }
}

function isTyping(target) {
  const isBox = target.matches?.("input[type=checkbox]");
  return !isBox && Boolean(target.closest?.("input, textarea, select, [contenteditable]"));
}

export function showKeys() {
  keys.open = true;
  keys.querySelector("summary").focus();
}

// `actOf` finds what a key does, if anything; what it does not use after all it answers
// with false. `off` is the name under which somebody's "no keys" is remembered.
export function listen(off, actOf) {
  keys.classList.remove("by-script");
  keysOn.checked = !stored((storage) => storage.getItem(off));
  keysOn.addEventListener("change", () => {
    stored((storage) =>
      keysOn.checked ? storage.removeItem(off) : storage.setItem(off, "1"),
    );
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keysOn.checked) return;
    const act = isTyping(event.target) ? null : actOf(event);
    if (act && act() !== false) event.preventDefault();
  });
}
