/* A comment's names: after @ the people who work on the task are offered, to be chosen by key or touch. */
const BEFORE = /(^|[^\w@.])@([\w.+-]*)$/;
const MOST = 6;

export default function mention(form) {
  const [text, list] = [form.querySelector("textarea"), form.querySelector("[role=listbox]")];
  const [files, count] = [form.querySelector("[type=file]"), form.querySelector("[data-count]")];
  let [people, chosen] = [null, 0];

  const options = () => [...list.children];
  const close = () => {
    list.hidden = true;
    text.removeAttribute("aria-activedescendant");
  };
  const mark = () => {
    options().forEach((each, index) => each.setAttribute("aria-selected", index === chosen));
    text.setAttribute("aria-activedescendant", options()[chosen].id);
  };
  const offer = async () => {
    const begun = text.value.slice(0, text.selectionStart).match(BEFORE)?.[2].toLowerCase();
    if (begun === undefined) return close();
    people ??= fetch(form.dataset.people).then((answer) => (answer.ok ? answer.json() : { people: [] }));
    const fits = ({ name, says }) => [name, ...says.split(" ")].some((each) => each.toLowerCase().startsWith(begun));
    const found = (await people).people.filter(fits).slice(0, MOST);
    list.replaceChildren(...found.map(({ name, says }, index) => {
      const option = Object.assign(document.createElement("li"), { id: `mention-${index}`, textContent: `${says} @${name}` });
      option.setAttribute("role", "option");
      option.dataset.name = name;
      return option;
    }));
    chosen = 0;
    list.hidden = !found.length;
    return found.length ? mark() : close();
  };
  const take = (option) => {
    const at = text.selectionStart;
    const from = text.value.lastIndexOf("@", at - 1);
    text.setRangeText(`@${option.dataset.name} `, from, at, "end");
    close();
    text.focus();
  };
  const press = (event) => {
    if (list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      chosen = (chosen + step + options().length) % options().length;
      mark();
    } else if (event.key === "Enter" || event.key === "Tab") take(options()[chosen]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const point = (event) => {
    event.preventDefault(); // the focus stays in the text
    if (event.target.dataset.name) take(event.target);
  };
  const counted = () => { count.textContent = files.files.length || ""; };
  const ways = [[text, "input", offer], [text, "keydown", press], [text, "blur", close], [list, "pointerdown", point], [files, "change", counted]];
  ways.forEach(([element, kind, act]) => element.addEventListener(kind, act));
  return () => ways.forEach(([element, kind, act]) => element.removeEventListener(kind, act));
}
