/* What follows a topic is fetched anew at most once in its pace, and always once more after the last change. */
const last = new Map();
const waiting = new Map();

document.addEventListener("live", (event) => {
  const { follow, pace } = event.target.dataset;
  if (!pace || waiting.has(follow)) return;
  const rest = (last.get(follow) ?? 0) + Number(pace) - performance.now();
  const go = () => {
    waiting.delete(follow);
    last.set(follow, performance.now());
    const node = document.querySelector(`[data-follow="${CSS.escape(follow)}"]`);
    if (node) htmx.trigger(node, "paced");
  };
  waiting.set(follow, setTimeout(go, Math.max(0, rest)));
});
