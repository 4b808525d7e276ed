/* Before anything else on a page that a device keeps: whose time, zone and look it is, as the server last said it. */
const KEY = "reviewhub.place";
const root = document.documentElement;

export const place = () => JSON.parse(localStorage.getItem(KEY) ?? "null");

/* `said` is {zone, now, speed, theme}; the moment it was said goes with it, so that time goes on from there. */
export const settle = (person, said) =>
  localStorage.setItem(KEY, JSON.stringify({ person, ...said, at: Date.now() }));

export const forget = () => localStorage.removeItem(KEY);

const known = place();
if (known) {
  const { zone, now, speed, theme, at } = known;
  root.dataset.zone = zone;
  root.dataset.speed = speed;
  root.dataset.now = new Date(Date.parse(now) + (Date.now() - at) * speed).toISOString();
  if (theme) root.dataset.theme = theme;
}
