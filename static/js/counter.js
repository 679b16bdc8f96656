// The counter: a scanner types its text and ends with Enter; slips print by themselves; rows follow the arrow keys.
var doc = document;
function on(kind, act) { doc.addEventListener(kind, act); }

// A Vietnamese input method garbles what a scanner types: combining marks and half-typed Telex betray it.
function looksGarbled(text) { return /[\u0300-\u036f\u0323]/.test(text.normalize ? text.normalize("NFC") : text); }

on("keydown", event => {
  var field = event.target;
  if (!field.dataset || !("scan" in field.dataset) || event.key !== "Enter" || event.isComposing) return;
  var warning = doc.getElementById(field.dataset.scan);
  if (warning) warning.hidden = !looksGarbled(field.value);
  var goal = field.dataset.scanSubmit;
  if (goal) {
    event.preventDefault();
    var button = doc.querySelector(goal);
    if (button) button.click();
  }
});

// Letters typed anywhere fall into the scan field while nothing else has the focus.
on("keypress", event => {
  if (event.target !== doc.body || event.ctrlKey || event.altKey || event.metaKey) return;
  var field = doc.querySelector("[data-scan][data-scan-default]");
  if (field) field.focus();
});

// Rows: ArrowUp and ArrowDown move between the first link or box of each row.
on("keydown", event => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  var row = event.target.closest && event.target.closest("[data-rows] tr, [data-rows] li");
  if (!row || /^(SELECT|TEXTAREA)$/.test(event.target.tagName) || event.target.type === "radio") return;
  var next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
  var stop = next && next.querySelector("a, input, button");
  if (stop) { event.preventDefault(); stop.focus(); }
});

// One box ticks every paper of the list that is asked for.
on("change", event => {
  var prefix = event.target.getAttribute && event.target.dataset.checkPrefix;
  if (!prefix || !event.target.form) return;
  event.target.form.querySelectorAll("input[type=checkbox][name^='" + prefix + "']").forEach(box => {
    if (box.offsetParent) box.checked = event.target.checked;
  });
});

if (doc.querySelector("[data-print-now]")) window.addEventListener("load", () => window.print());
