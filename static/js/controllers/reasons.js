/* The second level of reasons: only the details of the reason that is chosen are shown, and only they can be sent. */
export default function reasons(element) {
  const show = () => {
    const chosen = element.querySelector("input[name=reason]:checked")?.value;
    for (const details of element.querySelectorAll("[data-of]")) {
      details.hidden = details.dataset.of !== chosen;
      details.disabled = details.hidden;
    }
  };
  element.addEventListener("change", show);
  show();
  return () => element.removeEventListener("change", show);
}
