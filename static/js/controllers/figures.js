/* A team's figures: the server pushes them when a task of the team has changed, and once a minute. */
import { ask, onMessage } from "../live.js";

export default function figures(element) {
  const { team } = element.dataset;
  const stop = onMessage(({ kind, team: of, html }) => {
    if (kind !== "figures" || of !== team || element.innerHTML === html) return;
    const focused = element.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    element.innerHTML = html;
    if (focused) element.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  });
  ask("figures", team);
  return () => {
    stop();
    ask("figures", null);
  };
}
