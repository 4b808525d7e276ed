/* What the cards page says, in the words that the page came with. */
import { unsaid } from "../moments.js";
import { takeBack } from "./outbox.js";

export const template = (id) => document.getElementById(id).content.firstElementChild.outerHTML;

/* "{} of {}" with its gaps filled. */
export function word(name, ...values) {
  const text = document.getElementById("cards-words").content.querySelector(`[data-word="${name}"]`).textContent;
  return values.reduce((said, value) => said.replace("{}", value), text);
}

export const said = (text) => (document.getElementById("said").textContent = text);

export function placed(element, html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  unsaid(holder.content);
  element.replaceChildren(holder.content);
}

/* Of which queues nothing can be taken, by whom and why; said again only where it has changed. */
export function heldQueues(held) {
  const place = document.getElementById("cards-held");
  if (place.dataset.held === JSON.stringify(held)) return;
  place.dataset.held = JSON.stringify(held);
  placed(place, template("cards-held-one").repeat(held.length));
  for (const [index, { title, text }] of held.entries()) {
    const band = place.children[index];
    band.querySelector("b").textContent = title;
    band.querySelector("p").append(text);
  }
}

const LONGEST = 80; // characters of a title, as on the desk: what was decided about it stands after it

/* One toast at a time: the last decision, and its way back while there is one. `how` is "unsent", "sent" or "final". */
export function toast(decision, how) {
  const place = document.getElementById("toasts");
  if (!decision) {
    place.replaceChildren();
    return;
  }
  placed(place, template("cards-kept"));
  const shown = place.firstElementChild;
  const title = decision.title.length > LONGEST ? `${decision.title.slice(0, LONGEST - 1)}…` : decision.title;
  shown.querySelector("[data-said]").textContent = `${title}: ${decision.label}`;
  for (const each of ["unsent", "sent", "final"]) shown.querySelector(`[data-${each}]`).hidden = each !== how;
  const undo = shown.querySelector("[data-undo]");
  undo.hidden = how === "final";
  undo.addEventListener("click", async () => {
    undo.disabled = true;
    const refused = await takeBack(decision);
    shown.remove();
    said(refused || word("undone", decision.title));
  });
  const seconds = how === "sent" ? decision.undoSeconds : 6;
  if (how !== "unsent") setTimeout(() => shown.remove(), 1000 * seconds);
}
