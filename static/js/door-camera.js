// The camera in the page: a pass held in front of it opens its card. The browser's own
// reader where there is one, else the vendored one; both read on the phone itself.

import { goOffline, say, show, tokenOf, urls } from "./door-page.js";

const LOOK_MS = 120;
const SAME_MS = 3_000; // The same wrong code is not asked about again for so long.
let stream = null;
let reader = null;
let refused = { token: "", at: 0 };

const panel = () => document.getElementById("door-camera");

function tell(words) {
  const place = panel().querySelector("[role=status]");
  if (place.textContent !== words) place.textContent = words;
}

async function start() {
  if (stream) return stop();
  panel().hidden = false;
  panel().querySelector("[data-scan=stop]").focus();
  tell(say("looking"));
  if (!navigator.mediaDevices) return tell(say("no_camera"));
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: "environment" } },
    });
    reader ??= await makeReader();
    const video = panel().querySelector("video");
    video.srcObject = stream;
    await video.play();
    look(video, stream);
  } catch (error) {
    stop();
    panel().hidden = false;
    const isRefused = error.name === "NotAllowedError";
    tell(say(isRefused ? "camera_refused" : "no_camera"));
  }
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  const box = panel();
  if (box) box.hidden = true;
}

async function makeReader() {
  const formats = { formats: ["qr_code"] };
  const own = window.BarcodeDetector;
  if (own && (await own.getSupportedFormats()).includes("qr_code")) {
    return new own(formats);
  }
  await load(urls().detector);
  const wasm = urls().wasm;
  window.BarcodeDetectionAPI.prepareZXingModule({
    overrides: { locateFile: (name, prefix) => (name.endsWith(".wasm") ? wasm : prefix + name) },
  });
  return new window.BarcodeDetectionAPI.BarcodeDetector(formats);
}

function load(source) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = resolve;
    script.onerror = () => reject(new Error(source));
    document.head.append(script);
  });
}

async function look(video, ours) {
  while (stream === ours) {
    if (video.readyState >= video.HAVE_CURRENT_DATA) {
      const [code] = await reader.detect(video);
      if (code && stream === ours) await found(tokenOf(code.rawValue));
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

async function found(token) {
  if (token === refused.token && Date.now() - refused.at < SAME_MS) return;
  const is = await open(token);
  if (is) return stop();
  refused = { token, at: Date.now() };
  tell(say("wrong_code"));
  navigator.vibrate?.(200);
}

// Whoever shows cards here opens it: the offline page by itself, else the server.
function open(token) {
  const asked = { token, answer: null };
  document.dispatchEvent(new CustomEvent("door:code", { detail: asked }));
  return asked.answer ?? openOnline(token);
}

async function openOnline(token) {
  const form = document.getElementById("code").form;
  const said = new FormData(form);
  said.set("code", token);
  try {
    const body = new URLSearchParams(said);
    const response = await fetch(form.action, { method: "POST", body });
    if (!response.ok || !response.redirected) return false;
    stop();
    const html = await response.text();
    if (!show(html, response.url)) location.assign(response.url);
    return true;
  } catch {
    stop();
    goOffline({ code: token });
    return true;
  }
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-scan=start]")) start();
  if (event.target.closest("[data-scan=stop]")) stop();
});
// Another content stands here now, and the camera's picture is gone with the old one.
document.addEventListener("door:shown", stop);
window.addEventListener("pagehide", stop);
for (const button of document.querySelectorAll("[data-scan=start]")) {
  button.classList.remove("by-script");
}
if (location.hash === "#scan") start();
