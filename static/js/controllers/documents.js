/* The case's documents as tabs, and a quote's number that leads to the place where it stands. */
/* In each pane around it; scrollIntoView would move the page itself as well. */
function centre(place) {
  for (const pane of [place.closest(".viewer-pane"), place.closest(".pane-scroll")]) {
    if (!pane) continue;
    const [at, around] = [place.getBoundingClientRect(), pane.getBoundingClientRect()];
    pane.scrollTop += at.top + at.height / 2 - around.top - around.height / 2;
    pane.scrollLeft += Math.min(0, at.left - around.left) || Math.max(0, at.right - around.right);
  }
}

export default function documents(element) {
  const tabs = [...element.querySelectorAll("[role=tab]")];
  const panelOf = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

  const choose = (tab) => {
    for (const each of tabs) {
      const chosen = each === tab;
      each.setAttribute("aria-selected", chosen);
      each.tabIndex = chosen ? 0 : -1;
      panelOf(each).hidden = !chosen;
    }
  };
  const next = () => {
    const at = tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
    choose(tabs[(at + 1) % tabs.length]);
  };
  const click = (event) => {
    if (event.target.closest("[data-next]")) next();
    const tab = event.target.closest("[role=tab]");
    if (!tab) return;
    event.preventDefault();
    choose(tab);
  };
  const press = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !event.target.matches("[role=tab]")) return;
    const way = getComputedStyle(element).direction === "rtl" ? -step : step;
    const beside = tabs[(tabs.indexOf(event.target) + way + tabs.length) % tabs.length];
    event.preventDefault();
    choose(beside);
    beside.focus();
  };
  const lead = (event) => {
    const link = event.target.closest?.("a.ref");
    const places = link ? [...element.querySelectorAll(`[data-said-at="${link.dataset.said}"]`)] : [];
    const place = places.find((each) => each.checkVisibility()) ?? places[0];
    if (!place) return;
    event.preventDefault();
    const tab = tabs.find((each) => panelOf(each).contains(place));
    if (tab) choose(tab);
    place.closest("details")?.setAttribute("open", "");
    centre(place);
    place.focus({ preventScroll: true });
  };
  const pane = element.closest("#task, #card") ?? document;
  element.addEventListener("click", click);
  element.addEventListener("keydown", press);
  pane.addEventListener("click", lead);
  return () => {
    element.removeEventListener("click", click);
    element.removeEventListener("keydown", press);
    pane.removeEventListener("click", lead);
  };
}
