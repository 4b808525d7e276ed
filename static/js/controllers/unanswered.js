/* What one did was not answered as it should be: says so beside the page, which stays as it was, and does it again when
   asked. A new sign-in makes the page's tokens void, so they are read anew before; where it was somebody else's, nothing is
   done in their name. */
import { onState } from "../live.js";

const KINDS = { 401: "signed-out", 403: "refused", 404: "refused", 405: "refused", 410: "refused", 413: "refused", 429: "unreachable" };

/* Whether whoever is signed in is still the page's own person, or nobody. */
async function renewTokens() {
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return true;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const who = page.body.dataset.me;
  if (who && who !== document.body.dataset.me) return false;
  const fresh = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (fresh) document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((input) => (input.value = fresh));
  return true;
}

export default function unanswered(element) {
  let again = null;
  let asker = null; // what was not answered

  const say = (kind) => {
    element.querySelectorAll("[data-of]").forEach((part) => (part.hidden = part.dataset.of !== kind));
    element.querySelector("[data-sign-in]").hidden = kind !== "signed-out";
    element.querySelector("[data-again]").hidden = !again;
    element.hidden = false;
  };
  const failed = ({ detail }) => {
    const { elt, requestConfig } = detail;
    if (!requestConfig?.triggeringEvent?.isTrusted && requestConfig?.verb === "get") return; // nobody asked for it
    const by = requestConfig.triggeringEvent?.submitter;
    asker = elt;
    again = () => (by?.isConnected ? by.click() : elt.matches("form") ? elt.requestSubmit() : elt.click());
    say(detail.xhr?.status ? (KINDS[detail.xhr.status] ?? "broken") : "unreachable");
  };
  const answered = ({ detail }) => detail.successful && detail.elt === asker && (element.hidden = true);
  const press = async ({ target }) => {
    if (target.closest("[data-close]")) element.hidden = true;
    if (!target.closest("[data-again]") || !again) return;
    element.hidden = true;
    const act = again; // the page may hear meanwhile that its session is over
    if (await renewTokens()) return act();
    again = null;
    say("another");
  };

  const heard = { "htmx:responseError": failed, "htmx:sendError": failed, "htmx:timeout": failed, "htmx:afterRequest": answered };
  for (const [name, act] of Object.entries(heard)) document.body.addEventListener(name, act);
  element.addEventListener("click", press);
  const stop = onState((state) => {
    if (state === "signed-out") {
      again = null;
      say("signed-out");
    }
  });
  return () => {
    for (const [name, act] of Object.entries(heard)) document.body.removeEventListener(name, act);
    element.removeEventListener("click", press);
    stop();
  };
}
