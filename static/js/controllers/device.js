/* On the body: the worker that lets the app start without a connection, decisions that still wait on this device, and
   nothing of somebody's left behind when they sign out. */
const WAITS = "reviewhub.waiting";

const outbox = () => import("../phone/outbox.js");
const waiting = () => Number(localStorage.getItem(WAITS)) > 0;
const send = async () => waiting() && (await outbox()).send();

/* What could not be sent stays in its list, for this person alone, until they are back. */
async function forget() {
  await send().catch(() => {});
  localStorage.removeItem("reviewhub.place");
  const { clear } = await import("../phone/store.js");
  await clear("cards");
  await navigator.clearAppBadge?.();
}

async function leave(event) {
  const form = event.target.closest?.("form[data-leaves]");
  if (!form || form.dataset.left) return;
  event.preventDefault();
  await forget().catch(() => {}); // the browser may refuse to keep anything at all
  form.dataset.left = "yes";
  form.submit();
}

export default function (body) {
  const seen = () => document.hidden || send();
  const register = () => navigator.serviceWorker?.register("/worker.js").catch(() => {}); // a browser without one works too
  document.addEventListener("submit", leave);
  addEventListener("online", send);
  document.addEventListener("visibilitychange", seen);
  if (body.dataset.me || "device" in body.dataset) {
    if (document.readyState === "complete") register();
    else addEventListener("load", register, { once: true });
    send();
  } else navigator.clearAppBadge?.().catch(() => {}); // nobody is signed in any more
  return () => {
    document.removeEventListener("submit", leave);
    removeEventListener("online", send);
    document.removeEventListener("visibilitychange", seen);
  };
}
