/* A part of the page that is fetched anew keeps where one was: scroll, what is unfolded or chosen, and the focus.
   The same answer as before is not put in at all, and nothing is while somebody writes in that part. */
const scrollers = ".canvas, .inspect-body, .gutter, textarea";

function remember(part) {
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  return {
    scroll: [...part.querySelectorAll(scrollers)].map((node) => [node.scrollLeft, node.scrollTop]),
    unfolded: [...part.querySelectorAll("details")].map((node) => node.open),
    chosen: [...part.querySelectorAll("input[name=run]:checked")].map((node) => node.value),
    total: part.querySelectorAll("details").length,
    focus:
      focused && (focused.id ? `#${CSS.escape(focused.id)}` : `[href="${CSS.escape(focused.getAttribute("href"))}"]`),
  };
}

function restore(part, kept) {
  part.querySelectorAll(scrollers).forEach((node, index) => {
    const [left, top] = kept.scroll[index] ?? [0, 0];
    node.scrollTo({ left, top, behavior: "instant" });
  });
  const folds = [...part.querySelectorAll("details")];
  const grown = folds.length - kept.total; // new ones come first: the newest stands on top
  folds.forEach((node, index) => {
    if (kept.unfolded[index - grown]) node.open = true;
  });
  part.querySelectorAll("input[name=run]").forEach((node) => {
    node.checked = kept.chosen.includes(node.value);
  });
  if (kept.focus) part.querySelector(kept.focus)?.focus({ preventScroll: true });
}

/* Nothing is taken from under somebody who writes in it. */
const isWrittenIn = (part) =>
  [...part.querySelectorAll("input:not([type]), textarea")].some((node) => node.value !== node.defaultValue);

let last = "";
let kept = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr } = event.detail;
  if (!target.matches("[data-keep]")) return;
  if (xhr.responseText === last || isWrittenIn(target)) event.detail.shouldSwap = false;
  else kept = remember(target);
  last = xhr.responseText;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail.elt.closest?.("[data-keep]") ?? document.querySelector("[data-keep]");
  if (kept && part) restore(part, kept);
  kept = null;
});
