// The print button appears only where it works; without scripts the hint beside it says what to press.
const button = document.querySelector("[data-print]");
if (button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
  if (button.dataset.print === "now") window.print();
}
