/* The cards that this device has with it, the most urgent first. */
import { badge } from "../badge.js";
import { fetched } from "./outbox.js";
import { forget, place, settle } from "./place.js";
import { all, clear, put, remove } from "./store.js";

export const state = { total: 0, mine: 0, label: "", held: [], csrf: "", person: place()?.person ?? null, online: true };

export const cards = async () => (await all("cards")).sort((one, other) => one.order - other.order);

/* Somebody else's cards never stay. */
async function meet(listed) {
  if (place()?.person !== listed.person) await clear("cards");
  settle(listed.person, listed.place);
  const { person, total, mine, label, held, csrf } = listed;
  Object.assign(state, { person, total, mine, label, held, csrf, online: true });
}

async function bring(listed) {
  const known = new Map((await cards()).map((card) => [card.id, card]));
  const wanted = new Set(listed.cards.map(({ id }) => id));
  await Promise.all([...known.keys()].filter((id) => !wanted.has(id)).map((id) => remove("cards", id)));
  for (const [order, { id, version, added, changed }] of listed.cards.entries()) {
    const old = known.get(id);
    const same = old?.version === version && old.added === added && old.changed === changed;
    const card = same ? old : await fetched(`/cards/${id}/`);
    if (card && (card.ok || card === old)) await put("cards", { ...card, order });
  }
}

/* Looks at what there is now; what has changed is fetched anew. Without a connection everything stays. */
export async function refresh() {
  const listed = await fetched("/cards/list/");
  if (listed?.signedOut) {
    await clear("cards");
    badge(0);
    forget();
    location.assign(`/sign-in/?next=${encodeURIComponent(location.pathname)}`);
    return;
  }
  state.online = Boolean(listed?.ok);
  if (!state.online) return;
  await meet(listed);
  await bring(listed);
  badge(listed.mine);
}

export const drop = (id) => remove("cards", id);
