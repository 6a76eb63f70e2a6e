// As one types, the reading beside the form is drawn anew by the server; its problems are put at their fields here.
export function start(form) {
  const place = () => {
    const reading = document.getElementById("reading");
    if (!reading) return;
    for (const slot of form.querySelectorAll("[data-slot]")) {
      slot.hidden = true;
      slot.textContent = "";
      fieldOf(slot)?.removeAttribute("aria-invalid");
    }
    for (const one of reading.querySelectorAll("[data-field]")) {
      const slot = one.dataset.field && document.getElementById(`${one.dataset.field}-error`);
      if (!slot) continue;
      slot.textContent = `${slot.textContent} ${one.dataset.words}`.trim();
      slot.hidden = false;
      slot.closest("details")?.setAttribute("open", "");
      fieldOf(slot)?.setAttribute("aria-invalid", "true");
    }
  };
  const settled = (event) => {
    if (!form.isConnected) document.removeEventListener("htmx:afterSettle", settled);
    else if (event.detail.elt.id === "reading") place();
  };
  document.addEventListener("htmx:afterSettle", settled);
}

const fieldOf = (slot) => document.getElementById(slot.id.replace(/-error$/, ""));
