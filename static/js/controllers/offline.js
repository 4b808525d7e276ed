/* Says that the connection is lost, after a moment's grace, and takes it back when it has returned. */
import { onState } from "../live.js";

export default function (element) {
  let grace = null;
  const stop = onState((state) => {
    clearTimeout(grace);
    document.documentElement.dataset.live = state === "lost" ? "lost" : "on";
    if (state === "lost") grace = setTimeout(() => (element.hidden = false), 1500);
    else element.hidden = true;
  });
  return () => {
    clearTimeout(grace);
    stop();
  };
}
