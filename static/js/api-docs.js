// Draws the OpenAPI description, and lets somebody who is signed in try it: what a page sends needs the CSRF token.

const docs = document.getElementById("docs");

function csrfToken() {
  const name = `${docs.dataset.csrfCookie}=`;
  const cookie = document.cookie.split("; ").find((each) => each.startsWith(name));
  return cookie ? cookie.slice(name.length) : "";
}

// Swagger has a dark look of its own, by this class.
const dark = matchMedia("(prefers-color-scheme: dark)");
const { classList, dataset } = document.documentElement;
const look = () => classList.toggle("dark-mode", dataset.theme ? dataset.theme === "dark" : dark.matches);
dark.addEventListener("change", look);
look();

window.SwaggerUIBundle({
  url: docs.dataset.schema,
  domNode: docs,
  validatorUrl: null,
  defaultModelsExpandDepth: -1,
  requestInterceptor: (request) => {
    if (/^(POST|PUT|DELETE)$/i.test(request.method ?? "")) request.headers["X-CSRFToken"] = csrfToken();
    return request;
  },
});
