// A pass is shown with the whole screen, and the screen stays on. It works without.

async function stayAwake() {
  if (document.visibilityState !== "visible") return;
  // Refused while the battery is low, say: then the phone does as it always does.
  await navigator.wakeLock.request("screen").catch(() => {});
}

if (navigator.wakeLock) {
  document.addEventListener("visibilitychange", stayAwake);
  stayAwake();
}

for (const button of document.querySelectorAll("[data-fill]")) {
  if (!document.fullscreenEnabled) continue;
  button.classList.remove("by-script");
  button.addEventListener("click", async () => {
    if (document.fullscreenElement) return document.exitFullscreen();
    await document.documentElement.requestFullscreen().catch(() => {});
    button.closest(".pass").scrollIntoView();
  });
}
