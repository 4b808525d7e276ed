/* Behaviours by attribute: data-controller="timer" connects controllers/timer.js to the element, and
   disconnects it when the element goes. A controller is a function of the element that may return its own end. */
import asking from "./controllers/asking.js";
import countdown from "./controllers/countdown.js";
import counted from "./controllers/counted.js";
import device from "./controllers/device.js";
import drawer from "./controllers/drawer.js";
import evidence from "./controllers/evidence.js";
import figures from "./controllers/figures.js";
import field from "./controllers/field.js";
import held from "./controllers/held.js";
import keyboard from "./controllers/keyboard.js";
import list from "./controllers/list.js";
import live from "./controllers/live.js";
import look from "./controllers/look.js";
import looks from "./controllers/looks.js";
import mention from "./controllers/mention.js";
import menu from "./controllers/menu.js";
import moment from "./controllers/moment.js";
import offline from "./controllers/offline.js";
import pane from "./controllers/pane.js";
import picking from "./controllers/picking.js";
import documents from "./controllers/documents.js";
import push from "./controllers/push.js";
import reasons from "./controllers/reasons.js";
import seen from "./controllers/seen.js";
import sheet from "./controllers/sheet.js";
import theme from "./controllers/theme.js";
import timer from "./controllers/timer.js";
import unanswered from "./controllers/unanswered.js";
import viewer from "./controllers/viewer.js";

const controllers = {
  asking,
  countdown,
  counted,
  device,
  drawer,
  evidence,
  field,
  figures,
  held,
  keyboard,
  list,
  live,
  look,
  looks,
  mention,
  menu,
  moment,
  offline,
  pane,
  picking,
  documents,
  push,
  reasons,
  seen,
  sheet,
  theme,
  timer,
  unanswered,
  viewer,
};
const connected = new Map();

function connect(element) {
  if (connected.has(element)) return;
  const ends = element.dataset.controller
    .split(/\s+/)
    .filter((name) => controllers[name])
    .map((name) => controllers[name](element));
  connected.set(element, ends.filter(Boolean));
}

function disconnect(element) {
  for (const end of connected.get(element) ?? []) end();
  connected.delete(element);
}

function within(node, act) {
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  if (node.dataset.controller) act(node);
  node.querySelectorAll("[data-controller]").forEach(act);
}

new MutationObserver((changes) => {
  for (const change of changes) {
    change.removedNodes.forEach((node) => !node.isConnected && within(node, disconnect));
    change.addedNodes.forEach((node) => node.isConnected && within(node, connect));
  }
}).observe(document.documentElement, { childList: true, subtree: true });

/* What a page comes with begins a little at a time, after htmx has, and the page answers in between: keys at once, for
   they are the body's, and rows last, for what they say the server has said. */
const SLICE = 6; // milliseconds
const pause = () => globalThis.scheduler?.yield?.() ?? new Promise((goOn) => setTimeout(goOn));

async function begin(elements) {
  let began = performance.now();
  for (const element of elements) {
    if (performance.now() - began > SLICE) {
      await pause();
      began = performance.now();
    }
    if (element.isConnected) connect(element);
  }
}

connect(document.body);
const all = [...document.querySelectorAll("[data-controller]")];
const isOfRow = (element) => element.closest(".row") !== null;
pause().then(() => begin([...all.filter((element) => !isOfRow(element)), ...all.filter(isOfRow)]));
