// Let in, goes out: a press that survives the network dying under it. It is sent as the
// form would be; with no answer it waits in the queue under the very same name.

import { press } from "./door-queue.js";
import { goOffline, markPressed, root, say, show, urls } from "./door-page.js";

const ACTIONS = { admit: "in", out: "out", home: "home" };
const ANSWER_MS = 6_000;
const GATEWAY = [502, 503, 504];
const PRESS = /\/door\/(\d+)\/(admit|out|home)\/$/;
const UNPAIR = /\/door\/unpair\/$/;

async function send(form, submitter, [, guest, act]) {
  const said = new FormData(form, submitter);
  markPressed();
  const buttons = form.querySelectorAll("button");
  for (const button of buttons) button.disabled = true;
  let response;
  let html;
  try {
    response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(said),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    if (GATEWAY.includes(response.status)) throw new Error("no server behind it");
    html = await response.text();
  } catch {
    await wait(Number(guest), act, said);
    return;
  }
  const address = response.redirected ? response.url : null;
  if (!show(html, address)) location.assign(response.url);
}

async function wait(guest, act, said) {
  const card = root().dataset;
  const isOfCard = card.guest === String(guest);
  await press(urls().slug, {
    nonce: said.get("nonce"),
    guest,
    name: said.get("name") || (isOfCard ? card.name : ""),
    action: ACTIONS[act],
    colour: isOfCard ? card.colour : "",
    as_of: card.asOf,
    reason: said.get("reason") ?? "",
  });
  document.dispatchEvent(new CustomEvent("door:no-answer"));
  goOffline({ guest: Number(said.get("card")) || guest, note: say("kept_press") });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!root() || form.method !== "post") return;
  const { pathname } = new URL(form.action);
  const found = pathname.match(PRESS);
  if (found) {
    event.preventDefault();
    send(form, event.submitter, found);
  } else if (UNPAIR.test(pathname)) {
    document.dispatchEvent(new CustomEvent("door:unpair", { detail: event }));
  }
});

// A page that was swapped in has an address of its own: going back loads it whole.
window.addEventListener("popstate", () => location.reload());
