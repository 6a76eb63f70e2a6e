// Somebody opened beside the map: the focus goes there, and back to where it was once it is closed.
let opener = null;

export function start() {
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target?.id === "beside" && !document.activeElement.closest("#beside")) opener = document.activeElement;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const opened = document.querySelector("#beside:not([data-seen]) h2");
    if (!opened) return;
    opened.closest("#beside").dataset.seen = "yes";
    opened.focus();
  });
  document.addEventListener("click", (event) => {
    const close = event.target.closest("#beside [data-close]");
    if (!close || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const closed = document.createElement("aside");
    closed.id = "beside";
    closed.hidden = true;
    close.closest("#beside").replaceWith(closed);
    if (opener?.isConnected) opener.focus();
  });
}
