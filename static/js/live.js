/* The one socket of a page. Others listen with onMessage and onState, and ask with send; what was asked is asked
   again after a reconnection. It comes back by itself, waiting longer each time, with some chance in it.

   The server tells again what has changed since the page was asked for; some of it may be on the page already. Where it cannot say, after a reconnection for one,
   it says "missed", and whoever shows something asks for it anew. Where it hears of no changes itself, it says "deaf", and
   "hearing" once it does again. */
const listeners = new Set();
const watchers = new Set();
const asked = new Map();
const SIGNED_OUT = 4401;
let socket = null;
let tries = 0;
let wanted = null;
let askedAt = 0; // on the page's own clock, in milliseconds; null once the socket was lost

/* What somebody has typed or chosen and not sent is not thrown away for a page of sign-in. */
export const holdsWords = () =>
  document.querySelector("[data-keys-first]") !== null ||
  [...document.querySelectorAll("textarea, input")].some(({ type, value, defaultValue, checked, defaultChecked }) =>
    ["checkbox", "radio"].includes(type) ? checked !== defaultChecked : type !== "hidden" && value !== defaultValue,
  );

const tell = (set, value) => set.forEach((act) => act(value));

function hear(message) {
  if (message.kind === "again") message.said.forEach((each) => hear({ ...each, again: true }));
  if (message.kind === "deaf") tell(watchers, "deaf");
  if (message.kind === "hearing") tell(watchers, "open");
  tell(listeners, message);
}

function listen(set, act) {
  set.add(act);
  return () => set.delete(act);
}

export const onMessage = (act) => listen(listeners, act);
export const onState = (act) => listen(watchers, act);

/* Ask for something that holds until it is taken back: ask("look", {task: 7}), then ask("look", null). */
export function ask(name, value) {
  if (value !== null && asked.get(name) === value) return;
  if (value === null) asked.delete(name);
  else asked.set(name, value);
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ [name]: value }));
}

function open() {
  socket = new WebSocket(wanted);
  socket.onopen = () => {
    tries = 0;
    for (const [name, value] of asked) socket.send(JSON.stringify({ [name]: value }));
    socket.send(JSON.stringify({ age: askedAt === null ? null : Math.ceil(performance.now() - askedAt) }));
    tell(watchers, "open");
  };
  socket.onmessage = (event) => hear(JSON.parse(event.data));
  socket.onclose = (event) => {
    if (!wanted) return;
    if (event.code === SIGNED_OUT) {
      wanted = null;
      if (holdsWords()) tell(watchers, "signed-out");
      else location.reload();
      return;
    }
    tries += 1;
    askedAt = null;
    tell(watchers, "lost");
    setTimeout(() => wanted && open(), Math.min(30000, 500 * 2 ** tries) * (0.8 + 0.4 * Math.random()));
  };
}

/* `from`: when that was asked for which the page shows; a page of the server's is asked for at 0. */
export function start(path, from = 0) {
  askedAt = from;
  wanted = new URL(path, location.href.replace(/^http/, "ws")).href;
  const opening = setTimeout(open); // the page answers first
  return () => {
    clearTimeout(opening);
    wanted = null;
    socket?.close();
  };
}
