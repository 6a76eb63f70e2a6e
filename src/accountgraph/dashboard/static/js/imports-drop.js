// A file may be dropped anywhere on the form, and shows how far its upload is.
export function start(form) {
  const input = form.querySelector("input[type=file]");
  for (const name of ["dragover", "dragenter"]) form.addEventListener(name, (event) => { event.preventDefault(); form.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    upload(form);
  });
}

function upload(form) {
  const bar = form.querySelector("progress");
  bar.hidden = false;
  bar.classList.remove("hidden");
  const asking = new XMLHttpRequest();
  asking.upload.addEventListener("progress", ({ loaded, total }) => { bar.value = (100 * loaded) / total; });
  asking.addEventListener("load", () => {
    if (asking.status < 400) { location.assign(asking.responseURL); return; }
    bar.hidden = true;
    const { problem } = JSON.parse(asking.getResponseHeader("HX-Trigger") ?? '{"problem":{"title":"The file could not be taken.","details":[]}}');
    document.dispatchEvent(new CustomEvent("problem", { detail: problem }));
  });
  asking.addEventListener("error", () => { bar.hidden = true; document.dispatchEvent(new CustomEvent("problem", { detail: { title: "The file did not arrive.", details: ["Nothing is kept. Try again."] } })); });
  asking.open("POST", form.action);
  asking.setRequestHeader("HX-Request", "true");
  asking.send(new FormData(form));
}
