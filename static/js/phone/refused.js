/* Decisions that were not taken stay in view, with what happened instead, until they are put away. */
import { decisions, putAway } from "./outbox.js";
import { template, word } from "./shown.js";

export async function notTaken() {
  const place = document.getElementById("not-taken");
  const refused = await decisions("refused");
  const known = refused.map(({ key }) => key).join();
  if (place.dataset.keys === known) return;
  place.dataset.keys = known;
  place.hidden = refused.length === 0;
  place.innerHTML = refused.map(() => template("cards-refused")).join("");
  refused.forEach((decision, index) => tell(place.children[index], decision));
}

function tell(element, decision) {
  element.querySelector("[data-title]").textContent = word("refused", decision.title, decision.label);
  element.querySelector("[data-said]").textContent = decision.said;
  element.querySelector("[data-look]").href = `/tasks/${decision.task}/`;
  element.querySelector("[data-away]").addEventListener("click", async () => {
    await putAway(decision);
    await notTaken();
  });
}
