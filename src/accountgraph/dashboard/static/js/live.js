// An element with data-live="task reply import.finished" hears `live` when something of these kinds was committed; with htmx it reads itself anew:
// <section id="x" hx-get="..." hx-trigger="live" hx-select="#x" hx-swap="outerHTML" data-live="task">
const CALM = 800; // ms in which many changes are one

let source, timer;
const heard = new Set();

export function startLive() {
  if (!document.querySelector("[data-live]")) return;
  if (!document.hidden) connect();
  // A browser has few connections to a host: a tab that nobody sees gives its own back, and catches up once it is seen.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { source?.close(); return; }
    if (connect()) hear("reset");
  });
  addEventListener("pagehide", () => source?.close());
}

function connect() {
  if (source && source.readyState !== EventSource.CLOSED) return false;
  source = new EventSource(document.body.dataset.changes);
  for (const kind of document.body.dataset.kinds.split(" ")) source.addEventListener(kind, () => hear(kind));
  source.addEventListener("reset", () => hear("reset"));
  return true;
}

function hear(kind) {
  heard.add(kind);
  clearTimeout(timer);
  timer = setTimeout(tell, CALM);
}

function tell() {
  const all = [...heard];
  heard.clear();
  for (const one of document.querySelectorAll("[data-live]")) {
    const wanted = one.dataset.live.split(" ");
    // What somebody is writing in is left alone.
    if (one.contains(document.activeElement) && document.activeElement.matches("input, textarea, select")) continue;
    if (all.some((kind) => kind === "reset" || wanted.some((want) => kind === want || kind.startsWith(`${want}.`)))) one.dispatchEvent(new CustomEvent("live"));
  }
}
