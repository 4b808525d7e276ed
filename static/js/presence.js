/* Who looks at what this page shows, as the server last told it. Owners say what they show; one list goes to the server. */
import { ask, onMessage, onState } from "./live.js";

const known = new Map(); // by task: {people: [[id, name, initials]], more}
const shown = new Map(); // by owner: tasks
const watchers = new Set();
let said = "";

const tell = () => watchers.forEach((act) => act());

/* What `owner` shows from now on; null when it goes. */
export function show(owner, tasks) {
  if (tasks) shown.set(owner, tasks);
  else shown.delete(owner);
  const all = [...new Set([...shown.values()].flat())].sort();
  if (all.join() === said) return;
  said = all.join();
  ask("rows", all);
}

/* Without oneself: {names, initials, more}. */
export function lookers(task) {
  const { people = [], more = 0 } = known.get(task) ?? {};
  const others = people.filter(([id]) => String(id) !== document.body.dataset.me);
  return { names: others.map(([, name]) => name), initials: others.map(([, , initials]) => initials), more };
}

export function onLooks(act) {
  watchers.add(act);
  return () => watchers.delete(act);
}

/* "Bob Lind, Eva Holm, 2 more": who looks, in one breath. */
export const spoken = ({ names, more }) => [...names, ...(more ? [`+${more}`] : [])].join(", ");

onMessage(({ kind, looks }) => {
  if (kind !== "looks") return;
  for (const [task, who] of Object.entries(looks)) {
    if (who.people.length) known.set(task, who);
    else known.delete(task);
  }
  tell();
});

/* What was true before the connection was lost need not be now; coming back, it is asked anew. */
onState((state) => {
  if (state !== "lost") return;
  known.clear();
  tell();
});
