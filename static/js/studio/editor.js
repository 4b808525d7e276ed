/* The text of a workflow: typing in it, the numbers beside it, and the faults found in it. */
import { follow, mark } from "./gutter.js";
import { paint } from "./paint.js";
import { indent } from "./typing.js";

function goTo(text, line, column) {
  const lines = text.value.split("\n");
  const at = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const end = at + (lines[line - 1]?.length ?? 0);
  text.focus();
  text.setSelectionRange(Math.min(at + column - 1, end), end);
  const height = parseFloat(getComputedStyle(text).lineHeight);
  text.scrollTop = Math.max(0, (line - 4) * height);
}

function faults(editor) {
  return [...document.querySelectorAll(`[data-faults-of="${editor.id}"] [data-line]`)].map((node) => ({
    line: Number(node.dataset.line),
    tone: node.dataset.tone,
    text: node.textContent,
  }));
}

for (const editor of document.querySelectorAll("[data-editor]")) {
  const text = editor.querySelector("textarea");
  const gutter = editor.querySelector(".gutter");
  follow(text, gutter);
  paint(text);
  mark(gutter, faults(editor));
  text.addEventListener("keydown", (event) => indent(text, event));
  document.addEventListener("htmx:afterSettle", () => mark(gutter, faults(editor)));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-go-line]");
    if (!link) return;
    event.preventDefault();
    goTo(text, Number(link.dataset.goLine), Number(link.dataset.goColumn ?? 1));
  });
  const saved = text.value;
  let leaving = false;
  text.form.addEventListener("submit", () => (leaving = true));
  addEventListener("beforeunload", (event) => {
    if (!leaving && text.value !== saved) event.preventDefault();
  });
}
