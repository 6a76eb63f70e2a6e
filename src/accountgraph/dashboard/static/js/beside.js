// Somebody opened beside the map: the focus goes there, and back to where it was once it is closed.
let opener = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "beside" && !document.activeElement.closest("#beside")) opener = document.activeElement;
});

export function start(element) {
  element.querySelector("h2")?.focus();
  element.querySelector("[data-close]")?.addEventListener("click", (event) => {
    if (!document.querySelector("[data-beside-here]")) return; // the person's own page: it leads back to the account
    event.preventDefault();
    const closed = document.createElement("aside");
    closed.id = "beside";
    closed.hidden = true;
    element.replaceWith(closed);
    if (opener?.isConnected) opener.focus();
  });
}
