/* Rows that come in over the socket. */
import { unsaid } from "./moments.js";

/* In the order of the list; one that would come after what is shown is left to the next page. */
export function place(list, row) {
  const { sort } = list.dataset;
  const key = (other) => other.dataset[sort];
  const comes = (other) => (sort === "decided" ? key(other) < key(row) : key(other) > key(row));
  const later = [...list.children].find(comes);
  if (later || !("more" in list.dataset)) list.insertBefore(row, later ?? null);
}

/* A row that was rendered once for everybody becomes the viewer's: the list it stands in, and the viewer's own face. */
export function rowFrom(html, from) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  const row = holder.content.querySelector(".row");
  unsaid(row);
  const link = row.querySelector(".row-title a");
  link.setAttribute("href", `${link.getAttribute("href")}${from}`);
  const face = row.querySelector("[data-person]");
  face?.classList.toggle("me", face.dataset.person === document.body.dataset.me);
  return row;
}
