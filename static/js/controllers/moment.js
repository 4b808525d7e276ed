/* <time datetime="…"> in the viewer's zone, for what was rendered once for everybody. data-day says "Today". */
import { isToday, moment, say } from "../moments.js";

export default function (element) {
  const at = Date.parse(element.getAttribute("datetime"));
  if (Number.isNaN(at)) return;
  const said = moment(at);
  element.textContent = "day" in element.dataset && isToday(at) ? say("Today", said) : said;
}
