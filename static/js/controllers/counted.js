/* Saved filters beside the views: fetched once the page is there, and again some time after counts have changed. */
import { onMessage } from "../live.js";

const RESTS = 15000; // milliseconds between two counts of one page

export default function counted(element) {
  let timer = null;
  const count = () => {
    timer = null;
    if (!document.hidden) htmx.trigger(element, "count");
  };
  const stop = onMessage(({ kind }) => {
    if (kind === "counts") timer ??= setTimeout(count, RESTS);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}
