/* A <details> that closes when the focus leaves it, on Escape, and after a choice. [data-focus] gives the focus elsewhere. */
export default function menu(details) {
  const summary = details.querySelector("summary");

  const leave = (event) => {
    if (!details.contains(event.relatedTarget)) details.open = false;
  };
  const press = (event) => {
    if (event.key !== "Escape" || !details.open) return;
    event.preventDefault();
    event.stopPropagation();
    details.open = false;
    summary.focus();
  };
  const choose = (event) => {
    const control = event.target.closest("a, li button");
    if (!control) return;
    details.open = false;
    if (!control.dataset.focus) return;
    event.preventDefault();
    const target = document.getElementById(control.dataset.focus);
    target?.scrollIntoView({ block: "center" });
    target?.focus();
  };
  details.addEventListener("focusout", leave);
  details.addEventListener("keydown", press);
  details.addEventListener("click", choose);
  return () => {
    details.removeEventListener("focusout", leave);
    details.removeEventListener("keydown", press);
    details.removeEventListener("click", choose);
  };
}
