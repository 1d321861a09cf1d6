// A person touched this page: told once, so that a link in too many browsers shows.
// A mail scanner that opens the page and runs this makes no trusted event.

const form = document.getElementById("here");
const KINDS = ["pointerdown", "keydown"];

function tell(event) {
  if (!event.isTrusted) return;
  for (const kind of KINDS) document.removeEventListener(kind, tell);
  fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true }).catch(
    () => {}, // the page works without
  );
}

for (const kind of KINDS) document.addEventListener(kind, tell, { passive: true });
