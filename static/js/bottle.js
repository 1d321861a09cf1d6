// Says while somebody types what the server would say: what fits on a label.

function problem(field, text) {
  const { lines, lineLength, characters, tooMany, tooLong, odd } = field.dataset;
  const rows = text.split("\n").map((line) => line.trim()).filter(Boolean);
  if (rows.length > Number(lines)) return tooMany;
  if (rows.some((line) => [...line].length > Number(lineLength))) return tooLong;
  const strange = [...new Set(rows.join("").normalize("NFC"))].filter(
    (letter) => !characters.includes(letter) && !"‘—„`\u00a0".includes(letter),
  );
  return strange.length ? `${odd} ${strange.slice(0, 10).join(" ")}` : "";
}

function say(area) {
  const field = area.closest("[data-plate]");
  const words = problem(field, area.value);
  const said = field.querySelector(".plate-said");
  said.textContent = words || field.dataset.fits;
  field.classList.toggle("field-invalid", Boolean(words));
  if (words) area.setAttribute("aria-invalid", "true");
  else area.removeAttribute("aria-invalid");
}

document.addEventListener("input", (event) => {
  if (event.target.matches?.("[data-plate] textarea")) say(event.target);
});
