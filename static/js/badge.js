/* How many tasks are the reader's: on the app's icon, before the page's title, and as a dot on its icon in the tab. */
const MOST = 999;
const SAID = /^\(\d+\+?\) /;
let number = 0;
let watching = null;

function title() {
  const plain = document.title.replace(SAID, "");
  const wanted = number ? `(${number > MOST ? `${MOST}+` : number}) ${plain}` : plain;
  if (document.title !== wanted) document.title = wanted;
}

function icon() {
  const link = document.querySelector('link[rel="icon"]');
  link.dataset.plain ??= link.getAttribute("href");
  const wanted = number ? link.dataset.waiting : link.dataset.plain;
  if (link.getAttribute("href") !== wanted) link.setAttribute("href", wanted);
}

/* Where the browser has no such badge, or refuses it, the title says it. */
const onApp = () => (number ? navigator.setAppBadge?.(Math.min(number, MOST)) : navigator.clearAppBadge?.());

export function badge(count) {
  number = count;
  title();
  icon();
  onApp()?.catch(() => {});
  watching ??= new MutationObserver(title);
  watching.observe(document.querySelector("title"), { childList: true });
}
