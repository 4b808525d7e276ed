/* Who else has this task open: data-task is said to the others, and their names are shown. */
import { ask, onMessage } from "../live.js";

export default function (element) {
  const task = element.dataset.task;
  const people = new Map();

  const show = () => {
    const names = [...people.values()];
    element.hidden = names.length === 0;
    element.querySelector("span:last-child").textContent =
      names.length > 1 ? `${names.join(", ")} ${element.dataset.many}` : `${names[0]} ${element.dataset.one}`;
  };

  const stop = onMessage(({ kind, task: about, person, name, here }) => {
    if (kind !== "look" || about !== task || String(person) === document.body.dataset.me) return;
    if (here) people.set(person, name);
    else people.delete(person);
    show();
  });
  ask("look", task);
  return () => {
    stop();
    ask("look", null);
  };
}
