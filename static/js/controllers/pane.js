/* The open task: takes the focus when it replaces another, and fetches what changed when somebody else acts on it. What
   the reader has typed is never replaced: only the parts that are for reading, and the decision if nothing is open. */
import { onMessage, onState } from "../live.js";

const ALWAYS = ["task-head", "task-future", "task-happened", "task-changes", "task-history"];

/* Whoever was on a button that came anew is on it still; where it is gone, at the head of the task. */
function focusAgain(fresh, { id, dataset: { key } }) {
  const same = id ? fresh.querySelector(`#${CSS.escape(id)}`) : key ? fresh.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
  (same ?? document.getElementById("task-title"))?.focus({ preventScroll: true });
}

function replace(page, id) {
  const [fresh, old] = [page.getElementById(id), document.getElementById(id)];
  if (!fresh || !old || fresh.isEqualNode(old)) return;
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

  /* The reader's own act is on its way; its answer shows how things stand. */
  const acting = () => element.matches(".htmx-request, :has(.htmx-request)");

  const refresh = async () => {
    if (acting()) return;
    const answer = await fetch(href, { headers: { "HX-Request": "true" } }).catch(() => null); // offline: told elsewhere
    const text = answer?.ok ? await answer.text() : "";
    const page = new DOMParser().parseFromString(text, "text/html");
    const fresh = page.getElementById("task");
    if (fresh?.dataset.task !== task || !element.isConnected || acting()) return;
    const known = told();
    ALWAYS.forEach((id) => replace(page, id));
    if (told() !== known) document.getElementById("said").textContent = told();
    const asking = element.querySelector("[data-keys-first], .field[data-corrected]");
    const moved = fresh.dataset.stage !== element.dataset.stage;
    if (!element.querySelector("#note")?.value && (moved || !asking)) replace(page, "task-decide");
    element.dataset.stage = fresh.dataset.stage;
  };

  const stopMessages = onMessage(({ kind, task: about }) => kind === "task" && about === task && refresh());
  const stopStates = onState((state) => state === "back" && refresh());
  if (document.body.dataset.moved) element.querySelector("h1, h2")?.focus({ preventScroll: true });
  document.body.dataset.moved = "yes";
  return () => {
    stopMessages();
    stopStates();
  };
}
