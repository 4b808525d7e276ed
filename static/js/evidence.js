/* Which sections and documents of a case come into view, and for how long. Only while the page itself is; no key, scroll
   or pointer is looked at. What was in view for a second counts as opened. */
const COUNTS_AFTER = 1000; // milliseconds
const REACHES_IN = "-48px 0px"; // by as much a piece has to be in view

export function watch(root) {
  const pieces = [...root.querySelectorAll("article.document, details.document, .document[role=tabpanel]")];
  const near = new Set();
  const seen = new Map();
  let shown = [];
  let any = 0;
  let at = performance.now();

  const inView = () => (document.hidden ? [] : [...near].filter((piece) => piece.tagName !== "DETAILS" || piece.open));
  const count = () => {
    const passed = performance.now() - at;
    at += passed;
    for (const piece of shown) seen.set(piece, (seen.get(piece) ?? 0) + passed);
    if (shown.length) any += passed;
    shown = inView();
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) near[isIntersecting ? "add" : "delete"](target);
      count();
    },
    { rootMargin: REACHES_IN },
  );
  pieces.forEach((piece) => observer.observe(piece));
  root.addEventListener("toggle", count, true);
  document.addEventListener("visibilitychange", count);

  return {
    /* {"of", "opened", "seconds"}, as JSON. `more` are pieces that can only be opened elsewhere. */
    told(more = 0) {
      count();
      const opened = pieces.filter((piece) => (seen.get(piece) ?? 0) >= COUNTS_AFTER).length;
      return JSON.stringify({ of: pieces.length + more, opened, seconds: Math.round(any / 100) / 10 });
    },
    stop() {
      observer.disconnect();
      root.removeEventListener("toggle", count, true);
      document.removeEventListener("visibilitychange", count);
    },
  };
}
