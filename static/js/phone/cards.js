/* Card by card. A card is decided by a swipe, a button or a key; what it asks first is inside it. */
import { onMessage, start } from "../live.js";
import { badge } from "../badge.js";
import { watch } from "../evidence.js";
import { cards, drop, refresh, state } from "./deck.js";
import { decisions, keep, onOutbox, send } from "./outbox.js";
import { heldQueues, placed, said, template, toast, word } from "./shown.js";
import { notTaken } from "./refused.js";
import swipe from "./swipe.js";

const deck = document.getElementById("deck");
const SEEN_AFTER = 1000; // milliseconds
const later = new Set(); // put behind the others until the page is left
let shown = null;
let since = 0;
let watched = null;
let latest = ""; // the key of the last decision on this page, which the toast is about

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function ordered() {
  const waiting = new Set((await decisions("waiting")).map(({ task }) => task));
  const left = (await cards()).filter(({ id }) => !waiting.has(id));
  return [...left.filter(({ id }) => !later.has(id)), ...left.filter(({ id }) => later.has(id))];
}

/* One after the other: what is read before a decision is never shown after it. */
let showing = Promise.resolve();
const show = () => (showing = showing.then(showNow, showNow));

async function showNow() {
  const left = await ordered();
  const card = left[0];
  const same = card && shown && card.id === shown.id && card.version === shown.version;
  await bar(left.length);
  if (same) return;
  const changed = card && shown?.id === card.id;
  shown = card ?? null;
  since = performance.now();
  placed(deck, card ? card.html : template(state.online ? "cards-none" : "cards-away"));
  if (card) ready(card);
  if (card?.mark) setTimeout(() => seen(card), SEEN_AFTER);
  if (changed) said(word("changed"));
}

/* What is new the next time begins where this card ends, once it has been in view for a second. */
async function seen({ id, mark }) {
  if (shown?.id !== id || document.hidden || !state.csrf) return;
  const headers = { "HX-Request": "true", "X-CSRFToken": state.csrf };
  await fetch(`/tasks/${id}/seen/`, { method: "POST", body: new URLSearchParams({ mark }), headers }).catch(() => null); // not told: new the next time again
}

async function bar(left) {
  const waiting = await decisions("waiting");
  if (state.label) document.getElementById("cards-label").textContent = state.label;
  document.getElementById("cards-count").textContent = left ? word("of", 1, Math.max(left, state.total - waiting.length)) : "";
  document.getElementById("cards-offline").hidden = state.online && navigator.onLine;
  document.getElementById("cards-waiting").textContent = waiting.length ? word("waiting", waiting.length) : "";
  heldQueues(state.held);
  await notTaken();
}

function ready(card) {
  const bottom = document.getElementById("card-decide");
  watched?.stop();
  watched = watch(deck);
  const button = (to) => deck.querySelector(`#card-decide [data-swipe="${to}"]`);
  swipe(deck.querySelector("[data-swipes]"), (to) => Boolean(button(to)), (to) => button(to)?.click());
  deck.querySelector("h1")?.focus({ preventScroll: true });
  bottom.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (pressed?.hasAttribute("data-later")) putBehind(card);
    else if (pressed?.dataset.outcome) choose(card, pressed);
  });
}

/* What the outcome asks first opens in place; without a question the card is decided. */
function choose(card, { dataset: { outcome, label } }) {
  const asks = deck.querySelector(`template[data-ask="${CSS.escape(outcome)}"]`);
  if (!asks) {
    decide(card, outcome, label, {});
    return;
  }
  const bottom = document.getElementById("card-decide");
  const form = asks.content.firstElementChild.cloneNode(true);
  bottom.replaceWith(form);
  form.querySelector("[autofocus]")?.focus();
  form.querySelector("[data-back]").addEventListener("click", () => form.replaceWith(bottom));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const sent = Object.fromEntries(new FormData(form));
    if (form.querySelector("[name=reason]") && !sent.reason) form.querySelector("[name=reason]").focus();
    else if (form.querySelector("[data-needs-note] :checked") && !sent.note.trim()) form.querySelector("#note").focus();
    else decide(card, outcome, label, sent);
  });
}

async function decide(card, outcome, label, said) {
  const { id, version, shown: evidence, title } = card;
  const links = deck.querySelectorAll("[data-elsewhere]").length;
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  await keep({
    key: newKey(),
    person: state.person,
    task: id,
    title,
    label,
    sent: { ...said, outcome, version, shown: evidence, seconds, evidence: watched.told(links) },
  });
  await show();
  await send();
  await bar((await ordered()).length);
}

async function putBehind({ id }) {
  later.delete(id);
  later.add(id);
  shown = null;
  await show();
}

async function look() {
  await send();
  await refresh();
  await show();
}

onOutbox(async (kind, decision) => {
  if (kind === "kept") {
    latest = decision.key;
    toast(decision, "unsent");
  }
  if (kind === "sent") {
    if (!latest || decision.key === latest) toast(decision, decision.undoSeconds ? "sent" : "final");
    await drop(decision.task);
  }
  if (kind === "refused") {
    if (decision.key === latest) toast(null);
    await refresh();
  }
  if (kind === "undone") await refresh();
  if (kind !== "kept") await show();
});
deck.addEventListener("click", (event) => event.target.closest("[data-again]") && look());
for (const name of ["online", "offline"]) addEventListener(name, look);
document.addEventListener("visibilitychange", () => document.hidden || look());

const openedAt = performance.now();
if ((await cards()).length) await show(); // nothing is said to be left before anybody has looked
await look();
if (state.person) {
  document.body.dataset.me = state.person;
  onMessage(({ kind, queue, title, text, counts }) => {
    if (kind === "counts") badge(counts.mine);
    if (kind === "task" || kind === "missed") look();
    if (kind !== "queue") return;
    state.held = [...state.held.filter((each) => each.queue !== queue), ...(title ? [{ queue, title, text }] : [])];
    heldQueues(state.held);
  });
  start("/ws/desk/", openedAt);
}
