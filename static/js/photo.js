// A phone's photo, made small before it leaves. Without this the server does it.

const MOST = 1600;

async function smaller(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, MOST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
}

document.addEventListener("change", async (event) => {
  const input = event.target;
  const file = input.matches?.("input[type=file][data-photo]") && input.files[0];
  if (!file) return;
  try {
    const blob = await smaller(file);
    if (!blob || blob.size >= file.size || input.files[0] !== file) return;
    const chosen = new DataTransfer();
    chosen.items.add(new File([blob], "statue.jpg", { type: "image/jpeg" }));
    input.files = chosen.files;
  } catch {
    // It is no picture, or this browser cannot: the server says what it thinks of it.
  }
});
