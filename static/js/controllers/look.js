/* On the open task: says that it is looked at, and shows who else does. A tab that nobody has seen for a while looks at
   nothing. */
import { ask } from "../live.js";
import { lookers, onLooks, show, spoken } from "../presence.js";

const AWAY_AFTER = 60000; // milliseconds behind other tabs

export default function look(element) {
  const { task, one, many } = element.dataset;
  let leaving = null;

  const draw = () => {
    const who = lookers(task);
    element.hidden = who.names.length === 0;
    element.lastElementChild.textContent = (who.names.length + who.more > 1 ? many : one).replace("{}", spoken(who));
  };
  const seen = () => {
    clearTimeout(leaving);
    if (document.hidden) leaving = setTimeout(() => ask("look", null), AWAY_AFTER);
    else ask("look", task);
  };

  const stop = onLooks(draw);
  document.addEventListener("visibilitychange", seen);
  show(element, [task]);
  seen();
  draw();
  return () => {
    clearTimeout(leaving);
    document.removeEventListener("visibilitychange", seen);
    stop();
    show(element, null);
    ask("look", null);
  };
}
