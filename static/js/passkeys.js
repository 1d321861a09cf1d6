// Passkeys: the browser's own dialogue, for forms that wait for its answer.
//
// webauthn-json.js, which comes with django-allauth, turns JSON into what the browser
// takes, and back. Every page has another way in that needs no JavaScript.

const isNamed = !/^[\d.]+$|:/.test(location.hostname); // No passkey is for a bare number.
const isPossible = isNamed && window.webauthnJSON?.supported();

async function options(form) {
  if (form.dataset.passkey !== "login") {
    return JSON.parse(document.getElementById("passkey-options").textContent);
  }
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`No passkey was asked for: ${answer.status}`);
  return answer.json();
}

async function create(form) {
  const { creation_options: wanted } = await options(form);
  const isAlone = form.elements.passwordless.checked;
  const selection = wanted.publicKey.authenticatorSelection;
  selection.residentKey = isAlone ? "required" : "discouraged";
  selection.requireResidentKey = isAlone;
  if (isAlone) selection.userVerification = "required";
  return window.webauthnJSON.create(wanted);
}

async function get(form) {
  return window.webauthnJSON.get((await options(form)).request_options);
}

async function press(form) {
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  try {
    const credential = await (form.dataset.passkey === "create" ? create(form) : get(form));
    form.elements.credential.value = JSON.stringify(credential);
  } catch {
    // Said no, waited too long, or the device is not the one: they may press again.
    failed.hidden = false;
    return;
  }
  form.submit();
}

for (const told of document.querySelectorAll("[data-passkey-none]")) {
  if (isPossible) told.remove();
  else told.hidden = false;
}
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const start = form.querySelector("[data-passkey-start]");
  if (isPossible) {
    form.classList.remove("by-script");
    start.hidden = false;
    start.addEventListener("click", () => press(form));
  } else if (form.classList.contains("by-script")) {
    form.remove(); // It will never be shown, so its place goes too.
  }
}
