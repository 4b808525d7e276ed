/* Says that the connection is lost, after a moment's grace, and takes it back when it has returned. Where the server
   hears of no changes, the page is not live; all that is done on it works. */
import { onState } from "../live.js";

export default function (element) {
  let grace = null;
  const stop = onState((state) => {
    clearTimeout(grace);
    document.documentElement.dataset.live = state === "open" ? "on" : "lost";
    if (state === "lost") grace = setTimeout(() => (element.hidden = false), 1500);
    else element.hidden = true;
  });
  return () => {
    clearTimeout(grace);
    stop();
  };
}
