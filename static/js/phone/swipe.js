/* A card that follows the finger sideways. Beyond a third of its width, letting go decides: act("left" or "right").
   Up and down belongs to scrolling (touch-action: pan-y), and there is a button for everything. */
const SHARE = 0.33;
const STARTS = 12; // pixels before a touch is taken for a swipe

export default function swipe(element, may, act) {
  let from = null;
  let moved = 0;

  const show = (distance) => {
    moved = distance;
    element.style.setProperty("--swiped", `${distance}px`);
    const far = Math.abs(distance) > SHARE * element.clientWidth;
    element.dataset.swiping = distance === 0 ? "" : `${distance > 0 ? "right" : "left"}${far ? " far" : ""}`;
    element.toggleAttribute("data-held", distance !== 0);
  };
  const down = (event) => {
    if (event.pointerType === "mouse" || !event.isPrimary) return;
    from = { x: event.clientX, y: event.clientY };
  };
  const move = (event) => {
    if (!from || !event.isPrimary) return;
    const [across, along] = [event.clientX - from.x, event.clientY - from.y];
    if (!moved && (Math.abs(across) < STARTS || Math.abs(across) < Math.abs(along))) return;
    show(may(across > 0 ? "right" : "left") ? across : 0);
  };
  const up = () => {
    const decided = Math.abs(moved) > SHARE * element.clientWidth ? (moved > 0 ? "right" : "left") : "";
    from = null;
    show(0);
    if (decided) act(decided);
  };
  const cancel = () => {
    from = null;
    show(0);
  };
  const handlers = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: cancel };
  for (const [name, handler] of Object.entries(handlers)) element.addEventListener(name, handler);
}
