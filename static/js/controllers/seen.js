/* Says how far the task was shown, once it has been in view for a second: what is new the next time begins there. */
const AFTER = 1000; // milliseconds

const rowOf = (task) => document.getElementById(`row-${task}`);

export default function seen(element) {
  const { mark, href, putAway } = element.dataset;
  const task = element.closest("[data-task]")?.dataset.task;
  if (putAway !== undefined) document.getElementById("task-title")?.focus({ preventScroll: true });
  if (!mark) return undefined;
  let coming = null;

  const say = async () => {
    document.removeEventListener("visibilitychange", wait);
    const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
    const asked = { method: "POST", body: new URLSearchParams({ mark }), headers: { "X-CSRFToken": token, "HX-Request": "true" } };
    const answer = await fetch(href, asked).catch(() => null); // not told: it is new the next time again
    if (!answer?.ok) return;
    rowOf(task)?.querySelector(".row-changed")?.remove();
    rowOf(task)?.setAttribute("data-looked", "");
  };
  function wait() {
    clearTimeout(coming);
    if (!document.hidden) coming = setTimeout(say, AFTER);
  }
  document.addEventListener("visibilitychange", wait);
  wait();
  return () => {
    clearTimeout(coming);
    document.removeEventListener("visibilitychange", wait);
  };
}
