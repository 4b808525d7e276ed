/* A field that may be corrected in place: the old value struck, the new one below, and the word "Corrected". */
export default function field(element) {
  const input = element.querySelector("input, textarea");
  const [details, summary] = [element.querySelector("details"), element.querySelector("summary")];
  const [was, now] = [element.querySelector(".was"), element.querySelector("ins")];

  const follow = () => {
    const corrected = input.value !== input.dataset.was;
    element.toggleAttribute("data-corrected", corrected);
    was?.classList.toggle("struck", corrected);
    if (now) now.textContent = corrected ? input.value : "";
  };
  const press = (event) => {
    if (event.key === "Escape") input.value = input.dataset.was;
    if (!details || (event.key !== "Escape" && event.key !== "Enter")) return;
    event.preventDefault();
    event.stopPropagation();
    follow();
    details.open = false;
    summary.focus();
  };
  const toggle = (event) => {
    event.preventDefault();
    details.open = !details.open;
    if (details.open) input.select();
  };
  const mark = () => {
    const wrong = Boolean(element.querySelector(".fault")?.textContent);
    input.setAttribute("aria-invalid", String(wrong));
    if (details && wrong) details.open = true;
  };
  const marked = new MutationObserver(mark); // what is wrong comes with the answer to a decision
  marked.observe(element.querySelector("dd"), { childList: true });
  input.addEventListener("input", follow);
  input.addEventListener("keydown", press);
  summary?.addEventListener("click", toggle);
  follow();
  return () => {
    marked.disconnect();
    input.removeEventListener("input", follow);
    input.removeEventListener("keydown", press);
    summary?.removeEventListener("click", toggle);
  };
}
