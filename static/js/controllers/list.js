/* The queue: j and k move, the open task's row is marked, and changed rows come in over the socket. */
import { onMessage } from "../live.js";
import { place, rowFrom } from "../rows.js";

const WIDE = "(min-width: 68.75rem)";

/* The tab's title is that of what is open; badge.js puts before it how many tasks wait. */
const COUNTED = /^\(\d+\+?\) /;
const titled = (heading) => `${heading.textContent.trim()} · ReviewHub`;

// A request that a later one overtakes rejects its promise with nothing; what failed htmx tells by its events.
const load = (path, into) => htmx.ajax("GET", path, into).catch(() => {});

/* A row that comes is nobody's in particular: what the viewer had seen, and what is new since, is put in here. */
function markChanged(row, old, { task, added }) {
  const more = old.dataset.added !== undefined && added > Number(old.dataset.added);
  const open = document.getElementById("task")?.dataset.task === task;
  row.dataset.added = added;
  if (old.dataset.looked === undefined) return;
  row.dataset.looked = "";
  const known = old.querySelector(".row-changed");
  if (!known && (!more || open)) return;
  row.querySelector(".row-facts > .nowrap")?.before(document.getElementById("row-changed").content.cloneNode(true));
}

export default function list(element) {
  const links = () => [...element.querySelectorAll(".row-title a")];
  const openTask = () => document.getElementById("task")?.dataset.task;
  const renew = () => load(`/queue/${element.dataset.view}/${element.dataset.from}`, { target: "#rows", select: "#rows", selectOOB: "#held", swap: "outerHTML" });

  const mark = () => {
    for (const row of element.children) row.toggleAttribute("aria-current", row.dataset.task === openTask());
    element.querySelector("[aria-current]")?.setAttribute("aria-current", "true");
    /* An open task's title is the page's; without one the list's is. */
    document.getElementById("list-title")?.setAttribute("aria-level", openTask() ? "2" : "1");
    const named = document.getElementById(openTask() ? "task-title" : "list-title");
    if (named && document.title.replace(COUNTED, "") !== titled(named)) document.title = titled(named);
  };

  const move = (step) => {
    const all = links();
    const focused = all.indexOf(document.activeElement);
    const from = focused >= 0 ? focused : all.findIndex((link) => link.closest("[aria-current]"));
    const next = all[Math.min(all.length - 1, Math.max(0, from + step))];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const moved = (event) => move(event.detail);

  const patch = (message) => {
    if (message.kind === "missed") renew();
    if (message.kind !== "task") return;
    const { view, searched } = element.dataset;
    const old = element.querySelector(`[data-task="${message.task}"]`);
    const belongs = message.views.includes(view) || message.people[view]?.includes(Number(document.body.dataset.me));
    if (!old && (!belongs || searched !== undefined)) return;
    if (message.again && old?.dataset.asOf === message.as_of) return;
    const focused = old?.contains(document.activeElement);
    const row = rowFrom(message.html, element.dataset.from);
    if (old) markChanged(row, old, message);
    const stays = old && belongs && !element.dataset.sort; // in an order that only the server knows
    if (old && (message.leaving || stays)) old.replaceWith(row);
    else {
      old?.remove();
      if (belongs) place(element, row);
    }
    if (focused) (row.isConnected ? row.querySelector("a") : links()[0])?.focus();
    element.parentElement.querySelector("[data-empty]")?.toggleAttribute("hidden", element.children.length > 0);
    mark();
  };

  /* One listener for all rows: a page of forty has nothing to begin in each. Where it goes the list says, by hx-…. */
  const open = (event) => {
    const link = event.target.closest(".row-title a");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    load(link.getAttribute("href"), { source: link, event });
  };

  const stop = onMessage(patch);
  document.addEventListener("htmx:afterSettle", mark);
  document.addEventListener("list:move", moved);
  element.addEventListener("click", open);
  mark();
  if (document.getElementById("task") && !openTask() && matchMedia(WIDE).matches && links().length) {
    load(links()[0].href, { source: "#task", target: "#task", swap: "outerHTML" }); // a click overtakes it
  }
  return () => {
    stop();
    document.removeEventListener("htmx:afterSettle", mark);
    document.removeEventListener("list:move", moved);
  };
}
