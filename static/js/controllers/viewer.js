/* Pages of a document: larger and smaller, turned by a quarter, and fetched when they come into view. Until then each is an
   empty place of its size. */
const NARROW = 480; // pixels in which a page begins larger
const STEPS = [1, 1.5, 2, 3, 4];

export default function viewer(element) {
  const pane = element.querySelector(".viewer-pane");
  const leaves = [...element.querySelectorAll(".leaf")];
  let [step, quarters] = [pane.clientWidth < NARROW ? 1 : 0, 0];

  const turn = (leaf) => {
    const { width, height } = leaf.dataset;
    const moves = ["", `translate(${height} 0)`, `translate(${width} ${height})`, `translate(0 ${width})`];
    leaf.setAttribute("viewBox", quarters % 2 ? `0 0 ${height} ${width}` : `0 0 ${width} ${height}`);
    leaf.firstElementChild.setAttribute("transform", `${moves[quarters]} rotate(${90 * quarters})`);
  };
  const zoom = () => pane.style.setProperty("--zoom", STEPS[step]);
  const act = (event) => {
    const button = event.target.closest("[data-zoom], [data-turn]");
    if (!button) return;
    if ("turn" in button.dataset) {
      quarters = (quarters + 1) % 4;
      leaves.forEach(turn);
    } else {
      step = Math.min(STEPS.length - 1, Math.max(0, step + Number(button.dataset.zoom)));
      zoom();
    }
  };
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      target.setAttribute("href", target.dataset.href);
      seen.unobserve(target);
    }
  }, { rootMargin: "400px" });
  for (const image of element.querySelectorAll("image[data-href]")) {
    const leaf = image.closest(".leaf");
    leaf.dataset.waits = ""; // its marks come with it
    image.addEventListener("load", () => delete leaf.dataset.waits, { once: true });
    seen.observe(image);
  }
  element.addEventListener("click", act);
  zoom();
  return () => {
    seen.disconnect();
    element.removeEventListener("click", act);
  };
}
