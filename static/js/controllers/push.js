/* This browser among the devices that are told: asks for leave on a tap, and hands its address to the server. */
const octets = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function mark(subscription) {
  const digest = hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(subscription.endpoint)));
  const row = document.querySelector(`[data-digest="${digest}"]`);
  if (row) row.querySelector("[data-this]").hidden = false;
  return Boolean(row);
}

export default function push(element) {
  const part = (name) => element.querySelector(`[data-${name}]`);
  const able = "PushManager" in window && "serviceWorker" in navigator;
  const registered = () => navigator.serviceWorker.ready;

  const show = async () => {
    part("cannot").hidden = able;
    part("denied").hidden = !able || Notification.permission !== "denied";
    if (!able) return;
    part("add").hidden = Notification.permission === "denied";
    const subscription = await (await registered()).pushManager.getSubscription();
    if (subscription) part("add").hidden = await mark(subscription);
  };
  const hand = async (subscription) => {
    const { endpoint, keys } = subscription.toJSON();
    const body = new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth });
    const answer = await fetch(element.dataset.action, { method: "POST", body, headers: { "X-CSRFToken": element.dataset.token } });
    if (answer.ok) location.reload();
    else part("said").textContent = (await answer.json()).said;
  };
  const add = async () => {
    part("said").textContent = "";
    if ((await Notification.requestPermission()) !== "granted") return show();
    const wanted = { userVisibleOnly: true, applicationServerKey: octets(element.dataset.keyOfServer) };
    const manager = (await registered()).pushManager;
    return manager.subscribe(wanted).then(hand, (error) => (part("said").textContent = error.message));
  };
  part("add").addEventListener("click", add);
  show();
  return () => part("add").removeEventListener("click", add);
}
