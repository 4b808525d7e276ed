/* Says with the decision which of the case's evidence came into view, and for how long. */
import { watch } from "../evidence.js";

export default function evidence(element) {
  const task = element.closest("#task");
  if (!task) return undefined;
  const watched = watch(element);
  const send = (event) => {
    if (event.target.id === "task-decide") event.detail.parameters.evidence = watched.told();
  };
  task.addEventListener("htmx:configRequest", send);
  return () => {
    task.removeEventListener("htmx:configRequest", send);
    watched.stop();
  };
}
