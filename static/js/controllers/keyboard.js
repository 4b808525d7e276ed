/* One key, one control: whatever carries data-key and can be seen answers to it. Off while typing, and with any
   modifier, so that a comment never decides anything. What is open (a dialog, the reasons) answers before the rest. */
import { isComing } from "../coming.js";

const TYPING = "input:not([type=radio], [type=checkbox], [type=submit]), textarea, select, [contenteditable=true]";

const MOVES = { j: 1, k: -1 };

/* What waits in a closed menu answers to its key all the same. */
const visible = (element) =>
  ("keyHidden" in element.dataset || element.checkVisibility({ visibilityProperty: true })) && !element.disabled;

function scopes() {
  const dialog = document.querySelector("dialog[open]");
  if (dialog) return [dialog];
  return [document.querySelector("[data-keys-first]"), document].filter(Boolean);
}

/* A digit with Shift has a name of its own, whatever sign the layout puts there. */
const names = (event) => [event.shiftKey && event.code.replace(/^Digit/, "Shift+"), event.key].filter(Boolean);

function answerer(event) {
  for (const scope of scopes()) {
    for (const name of names(event)) {
      const found = [...scope.querySelectorAll(`[data-key="${CSS.escape(name)}"]`)].find(visible);
      if (found) return found;
    }
  }
  return null;
}

/* Enter belongs to a focused link or button, unless something else has opened and waits for an answer. */
function works(target) {
  const asking = document.querySelector("[data-keys-first]")?.closest("form");
  return Boolean(target.closest?.("a, button, summary")) && (!asking || asking.contains(target));
}

export default function () {
  const press = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches?.("textarea")) {
      event.target.form?.requestSubmit();
      return;
    }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const typing = event.target.matches?.(TYPING);
    if (typing && event.key !== "Escape") return;
    if (event.repeat && !"jk".includes(event.key)) return;
    if (event.key === "Enter" && works(event.target)) return;
    if (typing) event.target.blur();
    if (event.key in MOVES && !document.querySelector("dialog[open]")) {
      document.dispatchEvent(new CustomEvent("list:move", { detail: MOVES[event.key] }));
    }
    if (event.key === "x" && !document.querySelector("dialog[open]")) document.dispatchEvent(new Event("list:pick"));
    const control = answerer(event);
    if (!control) return;
    event.preventDefault();
    if (isComing() && control.matches("#task *, button")) return;
    if (control.matches(TYPING)) control.focus();
    else control.click();
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}
