// What was done stands below for a while, with its undo; what went wrong stays until it is closed.
const STANDS = 8000; // ms

export function startSaid() {
  schedule();
  document.addEventListener("htmx:afterSettle", schedule);
  document.addEventListener("problem", (event) => showProblem(event.detail.title, event.detail.details ?? []));
  document.addEventListener("htmx:sendError", () => showProblem("The server did not answer.", ["Nothing was changed. Try again in a moment."]));
  document.addEventListener("htmx:responseError", (event) => {
    if (!event.detail.xhr.getResponseHeader("HX-Trigger")) showProblem("That did not work.", ["Load the page again, and try once more."]);
  });
}

export function showProblem(title, details) {
  const toast = document.createElement("div");
  toast.className = "toast bad";
  const words = document.createElement("p");
  words.textContent = [title, ...details].join(" ");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "link";
  close.textContent = "Close";
  close.addEventListener("click", () => toast.remove());
  toast.append(words, close);
  document.getElementById("problem").replaceChildren(toast);
}

function schedule() {
  const toast = document.querySelector("#said .toast:not([data-timed])");
  if (!toast) return;
  toast.dataset.timed = "yes";
  let timer = setTimeout(() => toast.remove(), STANDS);
  // Who reads it or is about to undo has all the time they want.
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, () => { timer = setTimeout(() => toast.remove(), STANDS); });
}
