// The public total, kept fresh: every few seconds the same figures as JSON. The page
// says everything without this too, and reloads itself where no script runs.

const EVERY_MS = 3000;
const root = document.querySelector("[data-total]");

function write(figures) {
  for (const place of document.querySelectorAll("[data-shown]")) {
    const words = figures.shown[place.dataset.shown];
    if (place.textContent !== words) place.textContent = words;
  }
  const badge = root.querySelector("[data-badge]");
  if (badge.textContent !== figures.shown.badge) {
    badge.textContent = figures.shown.badge;
    badge.className = `status status-${figures.shown.tone}`;
  }
  for (const list of root.querySelectorAll("[data-list]")) {
    writeList(list, figures[list.dataset.list]);
  }
}

function writeList(list, all) {
  const words = all.slice(0, Number(list.dataset.most ?? all.length));
  const shown = Array.from(list.children, (item) => item.textContent);
  if (shown.join("\n") === words.join("\n")) return;
  list.replaceChildren(
    ...words.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }),
  );
  const section = list.closest("[data-section]");
  if (section) section.hidden = words.length === 0;
}

async function refresh() {
  const silent = root.querySelector("[data-silent]");
  try {
    const answer = await fetch(root.dataset.total, { cache: "no-store" });
    if (!answer.ok) throw new Error(answer.status);
    write(await answer.json());
    silent.hidden = true;
  } catch {
    // Figures that nobody confirms any more say so, and carry no badge.
    silent.hidden = false;
    root.querySelector("[data-badge]").className = "status status-waiting";
  }
  setTimeout(refresh, EVERY_MS);
}

if (root) setTimeout(refresh, EVERY_MS);
