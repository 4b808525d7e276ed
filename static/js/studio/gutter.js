/* Line numbers that follow a text, and marks at the lines with faults. */
export function follow(text, gutter) {
  const draw = () => {
    const wanted = text.value.split("\n").length;
    while (gutter.childElementCount < wanted) {
      const number = document.createElement("span");
      number.textContent = gutter.childElementCount + 1;
      gutter.append(number);
    }
    while (gutter.childElementCount > wanted) gutter.lastElementChild.remove();
    scroll();
  };
  const scroll = () => (gutter.scrollTop = text.scrollTop);
  text.addEventListener("input", draw);
  text.addEventListener("scroll", scroll, { passive: true });
  draw();
}

export function mark(gutter, faults) {
  gutter.querySelectorAll("[data-tone]").forEach((number) => {
    number.removeAttribute("data-tone");
    number.removeAttribute("title");
  });
  for (const { line, tone, text } of faults) {
    const number = gutter.children[line - 1];
    if (!number || number.dataset.tone === "breached") continue;
    number.dataset.tone = tone;
    number.title = text.trim();
  }
}
