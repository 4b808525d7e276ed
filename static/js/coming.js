/* What is on its way into the open task. Until it has come, what stands there is about to change: a key that was meant
   for a question, or for another task, must not be taken for a decision on this one, nor take the next. */
const PLACES = ["task", "task-decide"];
const DONE = 4;
let latest = null;

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (PLACES.includes(detail.target?.id)) latest = detail.xhr;
});

export const isComing = () => latest !== null && latest.readyState > 0 && latest.readyState < DONE;
