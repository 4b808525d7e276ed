/* The sidebar on narrow windows opens by its address (#side). This adds Escape, and the focus in and back out. */
export default function (element) {
  let opener = null;

  const follow = () => {
    if (location.hash === "#side") element.querySelector("a.side-close")?.focus();
    else opener?.focus();
    if (location.hash !== "#side") opener = null;
  };
  const press = (event) => {
    if (event.key !== "Escape" || location.hash !== "#side") return;
    event.preventDefault();
    location.hash = "main";
  };
  const remember = (event) => {
    opener = event.target.closest("[data-drawer-open]") ?? opener;
  };
  window.addEventListener("hashchange", follow);
  document.addEventListener("keydown", press);
  document.addEventListener("click", remember);
  return () => {
    window.removeEventListener("hashchange", follow);
    document.removeEventListener("keydown", press);
    document.removeEventListener("click", remember);
  };
}
