/* A deadline that is counted down in process time. The element has data-due, and may have data-from (when the clock
   began) and data-risk (from when it is at risk). Inside: .ring, [data-words] (how much is left), [data-when] (when).
   What the server said of this moment stands until another is to be said: a format is dear to make. */
import { everySecond, processNow, said } from "../clock.js";
import { brief, largest, moment, say, spoken } from "../moments.js";

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

  const amount = (now) => `${toneAt(now, due, risk)} ${largest(due - now)}`;
  const instant = (now) => `${toneAt(now, due, risk)} ${Math.floor(now / MINUTE)}`;
  let left = words?.textContent ? amount(said) : null;
  let at = when?.textContent ? instant(said) : null;

  const write = (node, text) => node && node.textContent !== text && (node.textContent = text);

  return everySecond(() => {
    const now = processNow();
    const tone = toneAt(now, due, risk);
    const share = tone === "breached" ? 100 : Math.max(2, Math.round((100 * (due - now)) / (due - from)));
    const arc = ring?.querySelector(".ring-left");
    if (arc?.getAttribute("stroke-dasharray") !== `${share} 100`) {
      arc?.setAttribute("stroke-dasharray", `${share} 100`);
      arc?.setAttribute("stroke-dashoffset", tone === "breached" ? "0" : String(share - 100));
    }
    for (const node of [ring, when, words?.closest("[data-tone]")]) {
      if (node && node.dataset.tone !== tone) node.dataset.tone = tone;
    }
    write(ring?.querySelector("span"), brief(due - now));
    if (words && left !== amount(now)) write(words, say(tone === "breached" ? "Late" : "Left", spoken(due - now)));
    if (when && at !== instant(now)) write(when, say(tone[0].toUpperCase() + tone.slice(1), moment(due)));
    [left, at] = [amount(now), instant(now)];
  });
}
