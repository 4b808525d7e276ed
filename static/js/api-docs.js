// Draws the OpenAPI description, and lets somebody who is signed in try it: what a page sends needs the CSRF token.

const docs = document.getElementById("docs");

function csrfToken() {
  const name = `${docs.dataset.csrfCookie}=`;
  const cookie = document.cookie.split("; ").find((each) => each.startsWith(name));
  return cookie ? cookie.slice(name.length) : "";
}

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
