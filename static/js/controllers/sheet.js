/* A link to a page that can also be shown in a dialog here: data-sheet is the dialog's id. */
export default function (element) {
  const show = (event) => {
    const dialog = document.getElementById(element.dataset.sheet);
    if (!dialog) return;
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
  };
  element.addEventListener("click", show);
  return () => element.removeEventListener("click", show);
}
