/* Rows that are picked to be decided together: how many there are, x for the row in focus, and the phone's mode in which
   a tap picks instead of opening. A row that changes while it is picked has to be looked at again: its pick is gone. */
export default function picking(bar) {
  const boxes = () => [...document.querySelectorAll(".row-pick input")];
  const mode = document.querySelector("[data-picking]");

  const count = () => (bar.querySelector("[data-picked]").textContent = boxes().filter((box) => box.checked).length);
  const pick = () => {
    const row = document.activeElement.closest?.(".row") ?? document.querySelector(".row[aria-current]");
    row?.querySelector(".row-pick input")?.click();
  };
  const changed = ({ target }) => {
    if (target === mode && !mode.checked) bar.reset();
    else if (target.closest?.(".row-pick")) count();
  };
  const cleared = () => setTimeout(count);
  const coming = new MutationObserver(count);

  document.addEventListener("change", changed);
  document.addEventListener("list:pick", pick);
  bar.addEventListener("reset", cleared);
  const list = document.querySelector(".list");
  if (list) coming.observe(list, { childList: true, subtree: true });
  count();
  return () => {
    coming.disconnect();
    document.removeEventListener("change", changed);
    document.removeEventListener("list:pick", pick);
    bar.removeEventListener("reset", cleared);
  };
}
