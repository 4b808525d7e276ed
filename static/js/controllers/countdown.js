/* What is left of an undo window, in real time: data-seconds is what was left when the server answered. When it has
   run out, the element goes, and whoever listens hears "over". */
export default function (element) {
  const total = Number(element.dataset.total);
  const end = performance.now() + 1000 * Number(element.dataset.seconds);
  const arc = element.querySelector(".ring-left");
  const digits = element.querySelector("[data-digits]");

  const tick = () => {
    const left = Math.max(0, (end - performance.now()) / 1000);
    const share = Math.round((100 * left) / total);
    arc?.setAttribute("stroke-dasharray", `${share} 100`);
    arc?.setAttribute("stroke-dashoffset", String(share - 100));
    if (digits) digits.textContent = String(Math.ceil(left));
    if (left > 0) return;
    clearInterval(timer);
    element.dispatchEvent(new CustomEvent("over", { bubbles: true }));
    element.remove();
  };
  const timer = setInterval(tick, 250);
  tick();
  return () => clearInterval(timer);
}
