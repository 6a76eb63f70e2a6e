// Beside what is shown once: a button that copies it.
export function start(place) {
  const shown = place.querySelector("code");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(shown.textContent);
      button.textContent = "Copied";
    } catch {
      // Without the right to the clipboard it is marked, so that Ctrl C takes it.
      getSelection().selectAllChildren(shown);
      button.textContent = "Marked: press Ctrl C";
    }
  });
  place.append(button);
}
