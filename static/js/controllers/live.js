/* Begins after all that listens: holds the socket, keeps the counts, and passes changes on to what follows them. */
import { badge } from "../badge.js";
import { ask, onMessage, start } from "../live.js";

const COUNTED_UP_TO = 1000;

function count(counts) {
  for (const [name, value] of Object.entries(counts)) {
    document.querySelectorAll(`[data-count="${name}"]`).forEach((node) => {
      node.textContent = value < COUNTED_UP_TO ? value : `${COUNTED_UP_TO - 1}+`;
      if (name === "notices") node.hidden = value === 0;
    });
  }
  if ("mine" in counts) badge(counts.mine);
}

export default function (element) {
  const { socket } = element.dataset;
  if (!socket) return undefined;
  const mine = document.querySelector('[data-count="mine"]');
  if (mine) badge(Number.parseInt(mine.textContent, 10) || 0);
  const topics = new Set([...document.querySelectorAll("[data-follow]")].map((node) => node.dataset.follow));
  if (topics.size) ask("follow", [...topics]);
  const renew = (topic) =>
    document.querySelectorAll(`[data-follow="${CSS.escape(topic)}"]`).forEach((node) => htmx.trigger(node, "live"));
  const stop = onMessage((message) => {
    if (message.kind === "counts") count(message.counts);
    if (message.kind === "changed") message.topics.forEach(renew);
    if (message.kind === "missed") topics.forEach(renew);
  });
  const end = start(socket);
  return () => {
    stop();
    end();
  };
}
