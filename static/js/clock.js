/* Process time, which may run fast, counted on from what the server said when the page came. */
const { now, speed } = document.documentElement.dataset;
export const said = Date.parse(now) || Date.now();
const loaded = performance.now();
const pace = Number(speed) || 1;

export const processNow = () => said + (performance.now() - loaded) * pace;

const ticks = new Set();
let timer = null;

/* One timer for all that tick; nothing runs while nobody looks. */
export function everySecond(act) {
  ticks.add(act);
  act();
  timer ??= setInterval(() => document.hidden || ticks.forEach((tick) => tick()), 1000);
  return () => {
    ticks.delete(act);
    if (ticks.size) return;
    clearInterval(timer);
    timer = null;
  };
}
