// The sum of what is ticked and given on top, as it is chosen. The page works without.

const form = document.getElementById("giving");
const total = document.getElementById("total");
const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

function typed() {
  const amount = form.elements.amount.value.replace(/[$,\s]/g, "");
  return /^\d{1,9}(\.\d{1,2})?$/.test(amount) ? Math.round(Number(amount) * 100) : 0;
}

function cents() {
  const ticked = [...form.querySelectorAll("input[name=whom]:checked")];
  const owed = ticked.reduce((sum, box) => sum + Number(box.dataset.cents), 0);
  const extra = form.elements.extra.value;
  const isFixed = /^[1-9]\d*$/.test(extra);
  return owed + (isFixed ? Number(extra) : typed());
}

if (form && total) form.addEventListener("input", () => {
  total.textContent = dollars.format(cents() / 100);
});

// Whoever types an amount means it.
form?.elements.amount.addEventListener("input", () => {
  const other = form.querySelector('input[name=extra][value="other"]');
  if (other && form.elements.amount.value) other.checked = true;
});
