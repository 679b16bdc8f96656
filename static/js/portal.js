// What htmx cannot do alone: focus after a swap, toasts, upload progress, shortcuts, conditional fields.
// Every page works without this file. Behaviour hangs on data-* attributes.
var doc = document, root = doc.documentElement, control = /^(INPUT|SELECT|TEXTAREA)$/;
root.classList.add("js");

function on(kind, act) { doc.addEventListener(kind, act); }
function each(where, selector, act) {
  if (where.matches && where.matches(selector)) act(where);
  where.querySelectorAll(selector).forEach(act);
}

// Conditional fields: data-show='{"field":"married","eq":"yes"}', joined by all / any / not. The server decides;
// what depends on a question of another page stays as the server sent it. The form's data-prefix leads its names.
function valueOf(form, name) {
  var values = [], full = (form.dataset.prefix || "") + name;
  if (!form.elements[full]) throw new Error("asked elsewhere");
  [...form.elements].forEach(it => {
    if (it.name !== full || it.disabled || (/^(radio|checkbox)$/.test(it.type) && !it.checked)) return;
    values.push(it.type === "checkbox" && it.value === "on" ? "true" : word(it.value));
  });
  return values;
}
function word(value) { return { yes: "true", no: "false" }[value] || String(value); }
function number(text) { return Number(text.replace(/\./g, "").replace(",", ".")); }
function holds(rule, form) {
  if (rule.all) return rule.all.every(part => holds(part, form));
  if (rule.any) return rule.any.some(part => holds(part, form));
  if (rule.not) return !holds(rule.not, form);
  var got = valueOf(form, rule.field).filter(value => value !== "");
  if ("filled" in rule) return (got.length > 0) === rule.filled;
  if ("eq" in rule) return got.includes(word(rule.eq));
  if ("ne" in rule) return !got.includes(word(rule.ne));
  if ("in" in rule) return rule.in.some(value => got.includes(word(value)));
  if ("has" in rule) return got.includes(word(rule.has));
  if ("gt" in rule) return number(got[0]) > rule.gt;
  if ("lt" in rule) return number(got[0]) < rule.lt;
  return got.length > 0 && got[0] !== "false";
}
function showFields(form) {
  each(form, "[data-show]", mark => {
    var box = control.test(mark.tagName) ? mark.closest(".field") : mark;
    if (!box) return;
    try { box.hidden = !holds(JSON.parse(mark.dataset.show), form); } catch (error) { return; }
  });
}

// Toasts leave after 8 s, but never while hovered or focused.
function expire(toast) {
  setTimeout(function leave() {
    if (toast.matches(":hover") || toast.contains(doc.activeElement)) return setTimeout(leave, 2000);
    toast.remove();
  }, 8000);
}
function toast(text, kind) {
  var list = doc.getElementById("toasts");
  if (!list || !text) return;
  var note = doc.createElement("div");
  note.className = "notice toast notice-" + (kind || "ok");
  var words = doc.createElement("p");
  words.textContent = text;
  note.append(doc.createElement("span"), words);
  list.append(note);
  expire(note);
}
function alarm(text) {
  var box = doc.getElementById("alarm");
  if (box) { box.hidden = !text; box.querySelector("p").textContent = text; if (text) box.scrollIntoView({ block: "nearest" }); }
}

function prepare(where) {
  each(where, "form", showFields);
  each(where, "#toasts .toast", expire);
  each(where, "[data-suggest]", box => { box.setAttribute("role", "combobox"); choose(box, null, false); });
  each(where, "[data-copy]", button => { button.hidden = !navigator.clipboard; });
}
function focusIn(where) {
  var wanted = where.matches("[data-autofocus]") ? where : where.querySelector("[data-autofocus]");
  if (!wanted) return;
  if (wanted.tabIndex < 0 && !wanted.hasAttribute("tabindex")) wanted.tabIndex = -1;
  wanted.focus();
  if (wanted.id === "error-summary" && !doc.title.startsWith(root.dataset.errorPrefix)) doc.title = root.dataset.errorPrefix + " " + doc.title;
}

on("input", event => { if (event.target.form) showFields(event.target.form); });
on("change", event => {
  var it = event.target, form = it.form;
  if (!form) return;
  showFields(form);
  if ("submit" in it.dataset) form.requestSubmit ? form.requestSubmit() : form.submit();
  if (it.dataset.checkAll) each(form, "input[type=checkbox][name=" + it.dataset.checkAll + "]", box => { box.checked = it.checked; });
});
on("click", event => {
  var button = event.target.closest("[data-print],[data-copy],[data-close]");
  if (!button) return;
  if ("print" in button.dataset) { event.preventDefault(); window.print(); }
  if (button.dataset.copy) navigator.clipboard.writeText(button.dataset.copy).then(() => toast(button.dataset.copied));
  if (button.dataset.close) button.closest(button.dataset.close).remove();
});
// A second click must not file twice; the server's token is the guard.
on("submit", event => {
  var form = event.target;
  if (form.hasAttribute("hx-post") || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 4000);
});
window.addEventListener("pageshow", () => each(doc, "form[data-sent]", form => { delete form.dataset.sent; }));

// Shortcuts: Alt+Shift+key always; a single key only where the person switched it on (WCAG 2.1.4).
on("keydown", event => {
  if (event.isComposing || event.keyCode === 229) return;
  var typing = control.test(event.target.tagName) || event.target.isContentEditable;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
    var form = event.target.form, main = form.querySelector("[data-main]") || form.querySelector("button[type=submit], button:not([type])");
    if (main) { event.preventDefault(); main.click(); }
    return;
  }
  var chord = event.altKey && event.shiftKey && !event.ctrlKey;
  var single = root.dataset.singleKeys === "on" && !typing && !event.altKey && !event.ctrlKey && !event.metaKey;
  if (!chord && !single) return;
  var key = (/^(Key|Digit)/.test(event.code) ? event.code.replace(/^(Key|Digit)/, "") : event.key).toLowerCase();
  var target = [...doc.querySelectorAll("[data-hotkey]")].find(one => one.dataset.hotkey.toLowerCase() === key && one.offsetParent);
  if (!target) return;
  event.preventDefault();
  if (control.test(target.tagName)) { target.focus(); if (target.select) target.select(); } else target.click();
});

on("htmx:afterSwap", event => { prepare(event.detail.target); focusIn(event.detail.target); });
on("htmx:oobAfterSwap", event => prepare(event.detail.target));
on("toast", event => toast(event.detail.text || event.detail.value, event.detail.kind));
on("focusOn", event => { var it = doc.querySelector(event.detail.value); if (it) it.focus(); });
on("htmx:sendError", () => alarm(root.dataset.offline));
on("htmx:responseError", event => {
  var status = event.detail.xhr.status;
  if (status !== 413) alarm(status === 401 || status === 403 ? root.dataset.signedOut : root.dataset.failed);
});
on("htmx:afterRequest", event => { if (event.detail.successful) alarm(""); });
on("htmx:beforeRequest", event => { if (doc.hidden && "poll" in event.detail.elt.dataset) event.preventDefault(); });
on("htmx:xhr:progress", event => {
  var bar = event.target.querySelector && event.target.querySelector("progress");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.max = event.detail.total;
  bar.value = event.detail.loaded;
});

// Suggestions: htmx fills the list under a text box. Arrows choose, Enter or Tab takes, Escape closes. Early keys wait.
var early = "";
function listOf(box) { return box.dataset && "suggest" in box.dataset && box.nextElementSibling; }
function choose(box, option, open) {
  var list = listOf(box);
  list.hidden = !open;
  box.setAttribute("aria-expanded", open);
  [...list.children].forEach((one, at) => { one.id = list.id + at; one.setAttribute("aria-selected", one === option); });
  box.setAttribute("aria-activedescendant", option ? option.id : "");
  if (option) option.scrollIntoView({ block: "nearest" });
}
function take(box, option) {
  var about = box.closest(".address");
  box.value = option.dataset.value;
  choose(box, null, false);
  if (!about) return;
  each(about, ".address-choice", one => one.remove());
  each(about, "[type=hidden]", one => { one.value = /_unit$/.test(one.name) ? option.dataset.unit : /_for$/.test(one.name) ? box.value : ""; });
}
on("input", event => {
  var list = listOf(event.target);
  if (!list) return;
  early = "";
  list.dataset.stale = "1";
  choose(event.target, null, !list.hidden);
});
on("keydown", event => {
  var box = event.target, list = listOf(box), key = event.key, down = key === "ArrowDown";
  if (!list || event.isComposing || event.ctrlKey || event.altKey) return;
  var at = list.querySelector("[aria-selected=true]");
  if (key === "Tab" && at) return take(box, at);
  if (down || key === "ArrowUp") {
    var next = down ? at && at.nextElementSibling || list.firstElementChild : at && at.previousElementSibling || list.lastElementChild;
    if (list.dataset.stale) early = key; else choose(box, next, !!next);
  } else if (key === "Enter" && (at || early.length > 5)) {
    if (at) take(box, at); else early = key;
  } else if (key === "Escape" && !list.hidden) choose(box, null, false);
  else return;
  event.preventDefault();
});
on("htmx:afterSwap", event => {
  var list = event.detail.target, box = list.previousElementSibling, found = list.children;
  if (!box || listOf(box) !== list) return;
  delete list.dataset.stale;
  if (box !== doc.activeElement) return;
  choose(box, early && found[0], found.length > 0);
  if (early === "Enter" && found[0]) take(box, found[0]);
  early = "";
  list.nextElementSibling.textContent = list.dataset[found.length ? "found" : "none"].replace("#", found.length);
});
on("focusout", event => { if (listOf(event.target)) choose(event.target, null, false); });
on("mousedown", event => {
  var option = event.target.closest("[data-value]");
  if (option) { event.preventDefault(); take(option.parentNode.previousElementSibling, option); }
});

prepare(doc);
each(doc, "#error-summary", focusIn);
