/* On the list: each row shows who else has its task open. Rows come and go; what is shown follows them. */
import { lookers, onLooks, show, spoken } from "../presence.js";

const NAMED = 2; // faces of a row; the others are a number, and in the words

export default function looks(list) {
  const pattern = document.getElementById("row-looks").content.firstElementChild;

  const draw = (row) => {
    const who = lookers(row.dataset.task);
    const [old, facts] = [row.querySelector(".looks"), row.querySelector(".row-facts")];
    const words = who.names.length ? pattern.dataset[who.names.length + who.more > 1 ? "many" : "one"].replace("{}", spoken(who)) : "";
    if ((old?.getAttribute("aria-label") ?? "") === words) return;
    old?.remove();
    if (!words) return;
    const fresh = pattern.cloneNode(true);
    const rest = who.names.length - NAMED + who.more;
    fresh.setAttribute("aria-label", words);
    fresh.lastElementChild.textContent = [...who.initials.slice(0, NAMED), ...(rest > 0 ? [`+${rest}`] : [])].join(" ");
    facts.insertBefore(fresh, facts.querySelector(".face"));
  };
  const drawAll = () => [...list.children].forEach(draw);
  const follow = () => {
    show(list, [...list.children].map((row) => row.dataset.task));
    drawAll();
  };

  const coming = new MutationObserver(follow);
  coming.observe(list, { childList: true });
  const stop = onLooks(drawAll);
  follow();
  return () => {
    coming.disconnect();
    stop();
    show(list, null);
  };
}
