// Ticked rows: the head's box ticks all, Shift ticks a range, and the bar of what can be done with them shows how many there are.
// A choice with data-cell="tier" is sent to the row's own address as it is made, with what stood there before.
let last = null;

export function startTables() {
  document.addEventListener("click", (event) => {
    const box = event.target.closest?.("[data-tick]");
    if (!box) return;
    const boxes = [...box.closest("form, table").querySelectorAll("[data-tick]")];
    if (event.shiftKey && last && boxes.includes(last)) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((one, other) => one - other);
      for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
    }
    last = box;
    count(box);
  });
  document.addEventListener("change", (event) => {
    const all = event.target.closest?.("[data-tick-all]");
    if (!all) return;
    for (const one of all.closest("form, table").querySelectorAll("[data-tick]")) one.checked = all.checked;
    count(all);
  });
  document.addEventListener("change", ({ target }) => {
    if (!target.matches("select[data-cell]")) return;
    const { pathname } = target.closest("tr").querySelector("[data-main]");
    const was = [...target.options].find((one) => one.defaultSelected)?.value ?? "";
    window.htmx.ajax("POST", `${pathname}/${target.dataset.cell}`, { source: target, values: { value: target.value, was } });
  });
  document.addEventListener("htmx:afterSettle", () => count(document.querySelector("[data-tick-all]")));
}

function count(within) {
  const form = within?.closest("form");
  if (!form) return;
  const boxes = [...form.querySelectorAll("[data-tick]")];
  const ticked = boxes.filter((box) => box.checked).length;
  const all = form.querySelector("[data-tick-all]");
  if (all) {
    all.checked = ticked > 0 && ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  }
  const bar = form.querySelector("[data-ticked]");
  if (bar) bar.hidden = ticked === 0;
  const words = form.querySelector("[data-ticked-count]");
  if (words) words.textContent = `${ticked} chosen`;
}
