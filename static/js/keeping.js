// A part of the page that is drawn anew takes nothing from whoever is in it: the focus,
// what was typed and what was opened stand in its successor. What changed is said once,
// in the one place that screen readers listen to.

const FIELDS = "input:not([type=hidden]), textarea, select";
const TOGETHER_MS = 1000;

// The same thing before and after: by its id, or by what it is, does and says.
function nameOf(part) {
  if (part.id) return `#${part.id}`;
  const where = (part.form ?? part.closest("form"))?.getAttribute("action");
  const said = part.matches(FIELDS)
    ? ""
    : (part.querySelector("summary") ?? part).textContent.trim();
  const value = part.matches("[type=radio], button") ? part.value : "";
  return [part.localName, where, part.name, value, part.href, said].join(" ");
}

function successor(before, name) {
  const all = document.querySelectorAll(before.localName);
  return [...all].find((part) => nameOf(part) === name);
}

// A field that says something else than the page came with.
export function isTyped(field) {
  const isTick = field.type === "checkbox" || field.type === "radio";
  if (isTick) return field.checked !== field.defaultChecked;
  return "defaultValue" in field && field.value !== field.defaultValue;
}

// What people did in a part; to be called before it is replaced.
export function remember(part) {
  const focus = part.contains(document.activeElement) ? document.activeElement : null;
  const places = [];
  for (let place = focus; place; place = place.parentElement) {
    if (place.id) places.push(place.id);
  }
  const fields = part.querySelectorAll("input:not([type=hidden]), textarea");
  const named = (it) => [it, nameOf(it)];
  return {
    focus: focus && named(focus),
    places,
    typed: [...fields].filter(isTyped).map(named),
    opened: [...part.querySelectorAll("details[open]")].map(named),
    news: newsOf(part),
  };
}

// Put it back into what stands there now, and say what is new.
export function restore(kept, part) {
  for (const [before, name] of gone(kept.opened)) {
    const after = successor(before, name);
    if (after) after.open = true;
  }
  for (const [before, name] of gone(kept.typed)) {
    const after = successor(before, name);
    if (!after || isTyped(after)) continue;
    if ("checked" in after) after.checked = before.checked;
    if (after.type !== "file") after.value = before.value;
  }
  focusAgain(kept);
  const news = newsOf(part);
  if (news && news !== kept.news) say(news);
}

const gone = (all) => all.filter(([before]) => !before.isConnected);

// Where a thing is no more, the nearest part around it that still is has the focus: the
// next Tab goes on from there, and not from the top of the page.
function focusAgain({ focus, places }) {
  if (!focus || focus[0].isConnected || document.activeElement !== document.body) return;
  const after = successor(...focus);
  if (after && !after.disabled) {
    after.focus({ preventScroll: true });
    if (focus[0].selectionStart >= 0 && after.matches("input, textarea")) {
      after.setSelectionRange(focus[0].selectionStart, focus[0].selectionEnd);
    }
    return;
  }
  const around = places.map((id) => document.getElementById(id)).find(Boolean);
  if (around && !around.hasAttribute("tabindex")) around.tabIndex = -1;
  around?.focus({ preventScroll: true });
}

// --- What is said -----------------------------------------------------------------------

function newsOf(part) {
  const all = part?.querySelectorAll("[data-news]") ?? [];
  return [...all].map((it) => it.textContent.replace(/\s+/g, " ").trim()).join(" ");
}

let saidAt = -TOGETHER_MS;

// Two things that happen together are said together.
export function say(words) {
  const place = document.getElementById("said");
  const isSoon = performance.now() - saidAt < TOGETHER_MS;
  place.textContent = isSoon ? `${place.textContent} ${words}` : words;
  saidAt = performance.now();
}
