// Ctrl K: a dialog over the same page that /palette is without a script.
const WAIT = 120; // ms after a key

let dialog, input, list, timer, asking;

export function startPalette() {
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      dialog?.open ? dialog.close() : open();
    }
  });
}

function open() {
  dialog ??= build();
  dialog.showModal();
  input.select();
  ask();
}

function build() {
  const made = document.createElement("dialog");
  made.className = "palette";
  made.setAttribute("aria-label", "Search or do");
  input = document.createElement("input");
  input.type = "search";
  input.placeholder = "A name, a domain, an address, or what you want to do";
  input.maxLength = 200;
  input.autocomplete = "off";
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "true", "aria-controls": "palette-list", "aria-label": "Search or do" })) input.setAttribute(name, value);
  list = document.createElement("div");
  list.id = "palette-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Found");
  made.append(input, list);
  made.addEventListener("click", (event) => { if (event.target === made) made.close(); });
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); });
  input.addEventListener("keydown", onKey);
  document.body.append(made);
  return made;
}

async function ask() {
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(`${document.body.dataset.base}/palette?q=${encodeURIComponent(input.value)}`, { signal: asking.signal });
    if (!answer.ok || answer.redirected) { location.reload(); return; }
    show(new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("palette-found"));
  } catch (error) {
    if (error.name !== "AbortError") say("The server did not answer. Try again in a moment.");
  }
}

function say(words) {
  const line = document.createElement("p");
  line.className = "quiet";
  line.textContent = words;
  list.replaceChildren(line);
}

function show(found) {
  list.replaceChildren(...found.childNodes);
  const links = [...list.querySelectorAll("a")];
  for (const [at, link] of links.entries()) {
    link.id = `palette-${at}`;
    link.setAttribute("role", "option");
    link.tabIndex = -1;
    link.addEventListener("pointermove", () => choose(link));
  }
  // A list of options has no headings and list items in it.
  for (const one of list.querySelectorAll("ul, li, h2")) one.setAttribute("role", "presentation");
  choose(links[0]);
}

function choose(link) {
  list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  link?.setAttribute("aria-selected", "true");
  link?.scrollIntoView({ block: "nearest" });
  link ? input.setAttribute("aria-activedescendant", link.id) : input.removeAttribute("aria-activedescendant");
}

function onKey(event) {
  const links = [...list.querySelectorAll("a")];
  const at = links.findIndex((link) => link.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(links.at((at + (event.key === "ArrowDown" ? 1 : -1)) % links.length));
  } else if (event.key === "Enter") {
    event.preventDefault();
    links[at]?.click();
  }
}
