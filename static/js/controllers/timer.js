/* A deadline that is counted down in process time. The element has data-due, and may have data-from (when the clock
   began) and data-risk (from when it is at risk). Inside: .ring, [data-words] (how much is left), [data-when] (when). */
import { everySecond, processNow } from "../clock.js";
import { brief, moment, say, spoken } from "../moments.js";

const MINUTE = 60000; // milliseconds: words of the day and the time change no oftener

function toneAt(now, due, risk) {
  if (now >= due) return "breached";
  return now >= risk ? "warning" : "calm";
}

export default function timer(element) {
  const due = Date.parse(element.dataset.due);
  const from = Date.parse(element.dataset.from);
  const risk = Date.parse(element.dataset.risk);
  if (Number.isNaN(due)) return undefined;
  const ring = element.querySelector(".ring");
  const words = element.querySelector("[data-words]");
  const when = element.querySelector("[data-when]");

  let minute = null;
  let shown = "";

  const write = (node, text) => node && node.textContent !== text && (node.textContent = text);

  return everySecond(() => {
    const now = processNow();
    const left = due - now;
    const tone = toneAt(now, due, risk);
    const share = tone === "breached" ? 100 : Math.max(2, Math.round((100 * left) / (due - from)));
    const arc = ring?.querySelector(".ring-left");
    if (arc?.getAttribute("stroke-dasharray") !== `${share} 100`) {
      arc?.setAttribute("stroke-dasharray", `${share} 100`);
      arc?.setAttribute("stroke-dashoffset", tone === "breached" ? "0" : String(share - 100));
    }
    for (const node of [ring, when, words?.closest("[data-tone]")]) {
      if (node && node.dataset.tone !== tone) node.dataset.tone = tone;
    }
    write(ring?.querySelector("span"), brief(left));
    if (words) write(words, say(tone === "breached" ? "Late" : "Left", spoken(left)));
    if (!when || (minute === Math.floor(now / MINUTE) && shown === tone)) return;
    [minute, shown] = [Math.floor(now / MINUTE), tone];
    write(when, say(tone[0].toUpperCase() + tone.slice(1), moment(due)));
  });
}
