// What a setting would do as it is typed: asked for when typing rests, shown beside the form, and said in a few words.

const RESTS = 500; // milliseconds without a key

function follow(panel) {
  const form = panel.closest("form");
  const said = panel.querySelector("[role=status]");
  const result = panel.querySelector("[data-result]");
  let timer, asking;

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const { signal } = asking;
    const asked = {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Requested-With": "fetch" },
      signal,
    };
    try {
      const answer = await fetch(panel.dataset.foreseen, asked);
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      show(await answer.text());
    } catch (fault) {
      if (!signal.aborted) {
        result.replaceChildren();
        said.textContent = panel.dataset.lost;
      }
    }
  }

  function show(text) {
    result.innerHTML = text; // of our own server, which escapes what people wrote
    const words = result.querySelector("[data-said]");
    said.textContent = words.textContent;
    words.remove();
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, RESTS);
  });
  panel.querySelector("button").addEventListener("click", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    ask();
  });
  if (form.querySelector("[name=text]")?.value || form.querySelector("[name=zone]")?.value) ask();
}

document.querySelectorAll("[data-foreseen]").forEach(follow);
