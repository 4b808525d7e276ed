/* Instants and durations as people say them; reviewhub/web/moments.py says the same on the server. */
import { processNow } from "./clock.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const HALF_A_YEAR = 182;
const root = document.documentElement;
const zone = root.dataset.zone || undefined;
const lang = root.lang || undefined;

/* A format is dear to make: it is made when it is first needed, and kept. */
const once = (make) => {
  let made = null;
  return (value) => (made ??= make()).format(value);
};
const format = (options, locale = lang) => once(() => new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }));
const unitFormat = (unit) => once(() => new Intl.NumberFormat(lang, { style: "unit", unit, unitDisplay: "long" }));
const clock = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const weekday = format({ weekday: "short" });
const month = format({ month: "short" });
const dayOfMonth = format({ day: "numeric" });
const year = format({ year: "numeric" });
const dayKey = format({}, "en-CA");
const fromUtc = format({ timeZoneName: "shortOffset" }, "en"); // "10/25/2026, GMT+2"
const units = Object.fromEntries(["second", "minute", "hour", "day"].map((unit) => [unit, unitFormat(unit)]));

const dayNumber = (at) => Date.parse(dayKey(at)) / (DAY * 1000);

export const isToday = (at) => dayNumber(at) === dayNumber(processNow());

const zoneAt = (at) => fromUtc(at).split("GMT")[1] || "+0"; // some browsers say no more than GMT

function offset(at) {
  const [hours, minutes = 0] = zoneAt(at).split(":").map(Number);
  return (hours * HOUR + Math.sign(hours) * minutes * MINUTE) * 1000;
}

/* The clock is put back over it: the same time a moment before, or after, is of another offset. */
function comesTwice(at) {
  const back = offset(at - DAY * 1000) - offset(at + DAY * 1000);
  return back > 0 && offset(at - back) !== offset(at + back);
}

const time = (at) => (comesTwice(at) ? `${clock(at)} UTC${zoneAt(at)}` : clock(at));

export function moment(at) {
  const apart = Math.abs(dayNumber(at) - dayNumber(processNow()));
  if (apart === 0) return time(at);
  if (apart <= 6) return `${weekday(at)} ${time(at)}`;
  if (apart <= HALF_A_YEAR) return `${dayOfMonth(at)} ${month(at)} ${time(at)}`;
  return `${dayOfMonth(at)} ${month(at)} ${year(at)}`;
}

export function largest(milliseconds) {
  const seconds = Math.abs(milliseconds) / 1000;
  if (seconds < MINUTE) return [Math.floor(seconds), "second"];
  if (seconds < HOUR) return [Math.floor(seconds / MINUTE), "minute"];
  if (seconds < 2 * DAY) return [Math.floor(seconds / HOUR), "hour"];
  return [Math.floor(seconds / DAY), "day"];
}

export function brief(milliseconds) {
  const [count, unit] = largest(milliseconds);
  return `${count}${unit[0]}`;
}

export function spoken(milliseconds) {
  const [count, unit] = largest(milliseconds);
  return units[unit](count);
}

/* What was said for another reader, or at another time, is said anew. */
export const unsaid = (root) => root.querySelectorAll("[data-when], [data-words]").forEach((node) => (node.textContent = ""));

/* A sentence with a gap, as the server wrote it on the body: data-say-left="{} left". */
export const say = (name, value) => (document.body.dataset[`say${name}`] ?? "{}").replace("{}", value);
