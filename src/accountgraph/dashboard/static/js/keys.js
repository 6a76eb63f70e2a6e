// Shortcuts. A link or button with data-key="x" is pressed by x; in a row of a [data-list] it is that of the row that has the focus.
// data-go="a" is led to by g and then a. j and k walk through a list, Esc closes, ? lists all that the page has.
const GO = 1200; // ms in which the second key follows

let since = 0;

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) {
      if (event.key === "Escape" && isWriting(event.target) && !event.target.closest("dialog")) event.target.blur();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    if (press(event.key)) event.preventDefault();
  });
}

function isWriting(target) {
  return target.matches?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]");
}

function press(key) {
  if (since && Date.now() - since < GO) {
    since = 0;
    const place = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
    place?.click();
    return Boolean(place);
  }
  if (key === "g") { since = Date.now(); return true; }
  if (key === "?") { list(); return true; }
  if (key === "j" || key === "k") return walk(key === "j" ? 1 : -1);
  if (key === "Enter") return document.activeElement === document.body && openFirst(); // a row that has the focus opens by itself
  if (key === "/") return focusOn(document.querySelector("main input[type=search]"));
  if (key === "Escape") { location.hash = ""; return closeAside(); }
  return act(key);
}

function act(key) {
  if (key.length !== 1) return false;
  const wanted = `[data-key="${CSS.escape(key)}"]`;
  const found = rowOf(document.activeElement)?.querySelector(wanted) ?? [...document.querySelectorAll(wanted)].find(isSeen);
  if (!found) return false;
  if (found.matches("input:not([type=checkbox]), textarea, select")) return focusOn(found);
  found.click();
  return true;
}

const isSeen = (one) => !one.closest("[data-item]") && one.checkVisibility();
const rowOf = (one) => one?.closest?.("[data-item]");

function focusOn(one) {
  one?.focus();
  one?.select?.();
  return Boolean(one);
}

function walk(step) {
  const rows = [...document.querySelectorAll("[data-list] [data-item]")];
  if (!rows.length) return false;
  const at = rows.indexOf(rowOf(document.activeElement));
  const next = rows[Math.min(Math.max(at + step, 0), rows.length - 1)];
  const main = next.querySelector("[data-main], a[href], button");
  main?.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function openFirst() {
  if (document.querySelector("[data-close]")) return false; // one is open already
  const main = document.querySelector("[data-list] [data-item] :is([data-main], a[href], button)");
  main?.click();
  return Boolean(main);
}

function closeAside() {
  const close = document.querySelector("[data-close]");
  close?.click();
  return Boolean(close);
}

function list() {
  const dialog = document.createElement("dialog");
  dialog.className = "keys";
  dialog.setAttribute("aria-labelledby", "keys-title");
  const title = document.createElement("h2");
  title.id = "keys-title";
  title.textContent = "Shortcuts";
  const table = document.createElement("dl");
  for (const [keys, words] of known()) {
    const row = document.createElement("div"), term = document.createElement("dt"), says = document.createElement("dd");
    for (const key of keys.split(" ")) {
      const one = document.createElement("kbd");
      one.textContent = key;
      term.append(one, " ");
    }
    says.textContent = words;
    row.append(term, says);
    table.append(row);
  }
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", () => dialog.close());
  dialog.append(title, table, close);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
}

function known() {
  const found = [["Ctrl K", "Search or do"], ["?", "These shortcuts"], ["Esc", "Close, or leave a field"]];
  if (document.querySelector("main input[type=search]")) found.push(["/", "Search on this page"]);
  if (document.querySelector("[data-list] [data-item]")) found.push(["j", "Next row"], ["k", "Row before"], ["Enter", "Open the row"]);
  const told = new Set();
  for (const one of document.querySelectorAll("[data-key]")) {
    const key = one.dataset.key;
    if (told.has(key)) continue;
    told.add(key);
    found.push([key, one.dataset.says ?? one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent.trim() ?? one.textContent.trim()]);
  }
  for (const one of document.querySelectorAll("[data-go]")) found.push([`g ${one.dataset.go}`, `Go to ${one.firstChild.textContent.trim()}`]);
  return found;
}
