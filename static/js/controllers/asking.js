/* Whoever leaves a question without an answer is back on what had asked it. */
const OPEN = "[data-keys-first]";

export default function (element) {
  let asked = "";

  const remember = ({ target }) => {
    if (element.querySelector(OPEN)) return;
    asked = target.closest("#task-decide [data-key]")?.dataset.key ?? "";
  };

  const comeBack = ({ target }) => {
    if (target.id !== "task-decide" || !asked || element.querySelector(OPEN)) return;
    const control = element.querySelector(`#task-decide [data-key="${CSS.escape(asked)}"]`);
    asked = "";
    if (document.activeElement !== document.body) return;
    const shown = control?.checkVisibility() ? control : document.getElementById("task-title");
    shown?.focus({ preventScroll: true });
  };

  element.addEventListener("click", remember);
  element.addEventListener("htmx:afterSettle", comeBack);
  return () => {
    element.removeEventListener("click", remember);
    element.removeEventListener("htmx:afterSettle", comeBack);
  };
}
