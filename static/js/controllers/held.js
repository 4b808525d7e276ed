/* Says of which queues nothing can be taken: a hold shows when it begins, and goes when it ends. */
import { onMessage } from "../live.js";

export default function held(element) {
  return onMessage(({ kind, queue, html }) => {
    if (kind !== "queue") return;
    element.querySelector(`[data-held="${queue}"]`)?.remove();
    element.insertAdjacentHTML("beforeend", html);
  });
}
