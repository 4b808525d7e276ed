/* Tab indents and Enter keeps the indentation. Escape, then Tab leaves the text: nobody is caught in it. */
const STEP = "  ";
let released = false;

const insert = (text, value) => {
  // The browser's own command keeps its undo history; where there is none, the text is set.
  if (!document.execCommand("insertText", false, value)) {
    text.setRangeText(value, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
};

const lineStart = (text) => text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;

function shift(text, out) {
  const from = lineStart(text);
  const to = text.selectionEnd;
  const lines = text.value.slice(from, to).split("\n");
  const moved = lines.map((line) => (out ? line.replace(/^ {1,2}/, "") : line && STEP + line)).join("\n");
  text.setSelectionRange(from, to);
  insert(text, moved);
  text.setSelectionRange(lines.length > 1 ? from : from + moved.length, from + moved.length);
}

function newLine(text) {
  const line = text.value.slice(lineStart(text), text.selectionStart);
  const spaces = line.match(/^\s*(- )?/)[0].replace("- ", STEP);
  insert(text, `\n${spaces}${/:\s*$/.test(line) ? STEP : ""}`);
}

export function indent(text, event) {
  if (event.key === "Escape") {
    released = true;
    return;
  }
  if (event.key === "Tab" && !released && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    if (event.shiftKey || text.value.slice(text.selectionStart, text.selectionEnd).includes("\n"))
      shift(text, event.shiftKey);
    else insert(text, STEP);
  }
  if (event.key === "Enter" && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    newLine(text);
  }
  if (event.key !== "Shift") released = false;
}
