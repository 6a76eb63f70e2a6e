// What every page of a workspace has: the palette, shortcuts, what is said, what is live, and modules that load when they are seen.
import { startPalette } from "./palette.js";
import { startKeys } from "./keys.js";
import { startSaid } from "./said.js";
import { startLive } from "./live.js";
import { startTables } from "./tables.js";

// An element with data-module="address" is handed to that module's start(element) once it comes into view.
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    import(target.dataset.module).then((module) => module.start(target));
  }
}, { rootMargin: "200px" });

function watch(root) {
  if (root.matches?.("[data-module]")) seen.observe(root);
  for (const one of root.querySelectorAll("[data-module]")) seen.observe(one);
  for (const field of root.querySelectorAll("[data-zone]")) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const one of root.querySelectorAll("form[data-auto]")) {
    for (const button of one.querySelectorAll("[data-auto-hidden]")) button.hidden = true;
  }
}

// A form with data-auto sends itself when a choice in it changes.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (form && event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) form.requestSubmit();
});

document.addEventListener("htmx:load", (event) => watch(event.detail.elt));
document.addEventListener("htmx:configRequest", (event) => { event.detail.headers["X-CSRF-Token"] = document.body.dataset.csrf; });

// Where places stand in a row that is wider than the screen, the one we are at is in sight, in whatever letters it is written.
document.fonts.ready.then(() => {
  for (const row of document.querySelectorAll(".side nav, .tabs")) {
    const at = row.querySelector("[aria-current]");
    if (at) row.scrollLeft += at.getBoundingClientRect().left - row.getBoundingClientRect().left - (row.clientWidth - at.clientWidth) / 2;
  }
});

startSaid();
startPalette();
startKeys();
startTables();
startLive();
watch(document.body);
document.documentElement.dataset.ready = "yes";
