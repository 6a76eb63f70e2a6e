// A list and what is opened of it: the focus stands on the opened row, choices open with their field, and who goes away lets go.
const AWAY = 400; // ms after which it is clear that another page stands here

let bound = false;

export function start(desk) {
  const current = desk.querySelector("[aria-current=true][data-main]");
  if (current && (document.activeElement === document.body || document.activeElement.id === "main")) {
    current.focus({ preventScroll: true });
    current.scrollIntoView({ block: "nearest" });
  }
  keepWords(desk);
  letGo(desk);
  if (bound) return;
  bound = true;
  document.addEventListener("toggle", opened, true);
  document.addEventListener("keydown", sent);
  document.addEventListener("keydown", closed, true);
  document.addEventListener("click", (event) => {
    for (const one of document.querySelectorAll("details[data-pop][open]")) if (!one.contains(event.target)) one.open = false;
  });
}

// One choice is open at a time, and its first field has the focus.
function opened({ target }) {
  if (!target.matches?.("details[data-pop]") || !target.open) return;
  for (const one of document.querySelectorAll("details[data-pop][open]")) if (one !== target && !one.contains(target)) one.open = false;
  target.querySelector(".pop-in").scrollIntoView({ block: "nearest" });
  const first = target.querySelector("[data-first]") ?? target.querySelector("input:not([type=hidden]), select, textarea");
  // Where there are buttons to choose from, their keys are to work.
  if (!target.querySelector("button[data-key]")) first?.focus();
}

// Esc closes a choice before it leaves the item.
function closed(event) {
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  const one = document.querySelector("details[data-pop][open]");
  if (!one) return;
  event.stopPropagation();
  one.open = false;
  one.querySelector("summary").focus();
}

function sent(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches?.("[data-send]")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
}

// Half an answer is there again when one comes back to it, in this tab, until it was sent.
function keepWords(desk) {
  const words = desk.querySelector("[data-keep]");
  if (!words || !desk.dataset.opened) return;
  const key = `answer ${desk.dataset.opened}`;
  words.value ||= sessionStorage.getItem(key) ?? "";
  words.addEventListener("input", () => sessionStorage.setItem(key, words.value));
  words.form.addEventListener("htmx:afterRequest", ({ detail }) => { if (detail.successful) sessionStorage.removeItem(key); });
}

function letGo(desk) {
  const { leave, opened: item } = desk.dataset;
  if (!leave) return;
  const tell = () => navigator.sendBeacon(leave, new URLSearchParams({ csrf: document.body.dataset.csrf }));
  addEventListener("pagehide", gone);
  document.addEventListener("htmx:beforeCleanupElement", replaced);
  function gone() { if (desk.isConnected) tell(); }
  function replaced({ target }) {
    if (target !== desk) return;
    removeEventListener("pagehide", gone);
    document.removeEventListener("htmx:beforeCleanupElement", replaced);
    setTimeout(() => { if (document.getElementById("desk")?.dataset.opened !== item) tell(); }, AWAY);
  }
}
