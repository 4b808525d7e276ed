/* Colours behind a text: the same letters, drawn under the textarea, whose own letters are then let through.
   A very long text stays plain, and so does everything where the reader has colours of their own. */
const LONGEST = 60000;
const PARTS = /(#.*$)|(\$\{(?:'[^']*'|"[^"]*"|[^}'"])*\})|((?:^|[-{,\s])\s*)([A-Za-z_][\w-]*)(?=\s*:(?:\s|$))/gm;

function piece(text, kind) {
  if (!kind) return document.createTextNode(text);
  const node = document.createElement("span");
  node.className = kind;
  node.textContent = text;
  return node;
}

function pieces(text) {
  const made = [];
  let at = 0;
  for (const found of text.matchAll(PARTS)) {
    const [whole, remark, expression, before, key] = found;
    if (remark && found.index > 0 && !/\s/.test(text[found.index - 1])) continue;
    made.push(piece(text.slice(at, found.index) + (before ?? "")));
    made.push(piece(remark ?? expression ?? key, remark ? "y-remark" : expression ? "y-expression" : "y-key"));
    at = found.index + whole.length;
  }
  made.push(piece(`${text.slice(at)}\n`));
  return made;
}

export function paint(text) {
  const under = document.createElement("pre");
  under.className = "paint";
  under.setAttribute("aria-hidden", "true");
  text.before(under);
  const draw = () => {
    const plain = text.value.length > LONGEST;
    text.toggleAttribute("data-painted", !plain);
    under.replaceChildren(...(plain ? [] : pieces(text.value)));
    follow();
  };
  const follow = () => under.scrollTo({ left: text.scrollLeft, top: text.scrollTop, behavior: "instant" });
  text.addEventListener("input", draw);
  text.addEventListener("scroll", follow, { passive: true });
  draw();
}
