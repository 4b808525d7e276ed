/* The open task: takes the focus when it replaces another, and fetches what changed when somebody else acts on it. What
   the reader has typed is never replaced: only the parts that are for reading, and the decision if nothing is open. */
import { holdsWords, onMessage } from "../live.js";

const NOT_THEIRS = [403, 404];
const ALWAYS = ["task-head", "task-future", "task-happened", "task-changes", "task-history"];

/* Whoever was on a button that came anew is on it still; where it is gone, at the head of the task. */
function focusAgain(fresh, { id, dataset: { key } }) {
  const same = id ? fresh.querySelector(`#${CSS.escape(id)}`) : key ? fresh.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
  (same ?? document.getElementById("task-title"))?.focus({ preventScroll: true });
}

const detailsOf = (part) => new Map([...part.querySelectorAll("details")].map((each) => [each.firstElementChild.textContent, each]));

/* What the reader has opened or closed, a menu for one, is so in what comes. */
function keepOpen(fresh, old) {
  const known = detailsOf(old);
  for (const [summary, details] of detailsOf(fresh)) details.open = known.get(summary)?.open ?? details.open;
}

function replace(page, id) {
  const [fresh, old] = [page.getElementById(id), document.getElementById(id)];
  if (!fresh || !old) return;
  keepOpen(fresh, old);
  if (fresh.isEqualNode(old)) return;
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(document.adoptNode(fresh));
  htmx.process(document.getElementById(id));
  if (focused) focusAgain(fresh, focused);
}

/* What is new to the reader, in one line. */
const told = () => document.querySelector("#task-changes summary span")?.textContent ?? "";

export default function (element) {
  const { task, href } = element.dataset;
  if (!task) return undefined;

  /* The reader's own act is on its way. What is told meanwhile is looked at once it is answered; what the answer says
     in the place of the decision stays there. */
  const acting = () => element.matches(".htmx-request, :has(.htmx-request)");
  let waits = false;

  const refresh = async (answered = false) => {
    waits = acting();
    if (waits) return;
    const answer = await fetch(href, { headers: { "HX-Request": "true" } }).catch(() => null); // offline: told elsewhere
    if (NOT_THEIRS.includes(answer?.status) && !holdsWords()) location.reload(); // it says what became of it
    const text = answer?.ok ? await answer.text() : "";
    const page = new DOMParser().parseFromString(text, "text/html");
    const fresh = page.getElementById("task");
    waits = acting();
    if (fresh?.dataset.task !== task || !element.isConnected || waits) return;
    const known = told();
    ALWAYS.forEach((id) => replace(page, id));
    if (told() !== known) document.getElementById("said").textContent = told();
    const asking = element.querySelector("[data-keys-first], .field[data-corrected]");
    const moved = fresh.dataset.stage !== element.dataset.stage;
    if (!answered && !element.querySelector("#note")?.value && (moved || !asking)) replace(page, "task-decide");
    element.dataset.stage = fresh.dataset.stage;
    element.dataset.asOf = fresh.dataset.asOf;
  };
  const acted = () => waits && element.isConnected && refresh(true);

  const stop = onMessage(({ kind, task: about, again, as_of }) => {
    const isNews = kind === "task" && about === task && !(again && as_of === element.dataset.asOf);
    if (kind === "missed" || isNews) refresh();
  });
  if (document.body.dataset.moved) element.querySelector("h1, h2")?.focus({ preventScroll: true });
  document.body.dataset.moved = "yes";
  document.body.addEventListener("htmx:afterRequest", acted);
  return () => {
    stop();
    document.body.removeEventListener("htmx:afterRequest", acted);
  };
}
