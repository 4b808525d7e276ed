/* Decisions on their way. Each is on the device before it is sent, has a key that the device made, and is taken away
   once the desk has answered: so it is sent until there is an answer, and counts once. */
import { all, put, remove } from "./store.js";

const WAITS = "reviewhub.waiting";
const listeners = new Set();
const tell = (kind, decision) => listeners.forEach((act) => act(kind, decision));

/* act(kind, decision), where kind is "kept", "sent" (with undoSeconds), "refused" (with said) or "undone". */
export const onOutbox = (act) => listeners.add(act);

export const decisions = async (state) =>
  (await all("decisions")).filter((each) => each.state === state).sort((one, other) => one.at - other.at);

const note = async () => localStorage.setItem(WAITS, (await decisions("waiting")).length);

/* The answer as JSON, or null: no connection, a server that is busy, or a sign-in that has ended. */
export async function fetched(path, options = {}) {
  const answer = await fetch(path, { redirect: "manual", headers: { Accept: "application/json" }, ...options }).catch(() => null);
  if (answer?.type === "opaqueredirect") return { signedOut: true };
  const said = answer && answer.status < 500 && answer.status !== 429 ? await answer.json().catch(() => null) : null;
  return said && { ok: answer.ok, ...said };
}

const post = (decision, csrf, sent) =>
  fetched(`/cards/${decision.task}/decision/`, {
    method: "POST",
    body: new URLSearchParams(sent),
    headers: { Accept: "application/json", "X-CSRFToken": csrf },
  });

export async function keep(decision) {
  await put("decisions", { ...decision, at: Date.now(), state: "waiting" });
  await note();
  tell("kept", decision);
}

async function sendOne(decision, csrf) {
  const said = await post(decision, csrf, { ...decision.sent, key: decision.key });
  if (!said || said.signedOut) return false;
  if (said.ok) await remove("decisions", decision.key);
  else await put("decisions", { ...decision, state: "refused", said: said.said });
  tell(said.ok ? "sent" : "refused", { ...decision, said: said.said, undoSeconds: said.undo_seconds ?? 0 });
  return true;
}

async function sendAll() {
  const waiting = await decisions("waiting");
  const who = waiting.length ? await fetched("/cards/list/") : null;
  if (!who?.ok) return;
  for (const each of waiting.filter((decision) => decision.person === who.person)) {
    if (!(await sendOne(each, who.csrf))) break;
  }
  await note();
}

/* One page of this device at a time, and never a decision that is just being taken back. */
const alone = (act) => (navigator.locks ? navigator.locks.request("reviewhub.outbox", act) : act());

export const send = () => alone(sendAll);

/* Answers with why not, or null. */
export const takeBack = (decision) => alone(() => undo(decision));

async function undo(decision) {
  const kept = (await decisions("waiting")).some((each) => each.key === decision.key);
  if (kept) await remove("decisions", decision.key);
  else {
    const who = await fetched("/cards/list/");
    const said = who?.ok ? await post(decision, who.csrf, { _method: "delete" }) : null;
    if (!said?.ok) return said?.said ?? "";
  }
  await note();
  tell("undone", decision);
  return null;
}

export const putAway = (decision) => remove("decisions", decision.key);
