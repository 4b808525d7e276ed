/* Switches between light and dark at once; the form's own address remembers it. */
export default function (form) {
  const button = form.querySelector("button[name=theme]");

  const current = () => {
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    return document.documentElement.dataset.theme || system;
  };
  const submit = (event) => {
    event.preventDefault();
    button.value = current() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = button.value;
    const asked = { method: "POST", body: new FormData(form, button), redirect: "manual" }; // it leads to this page
    fetch(form.action, asked).catch(() => {}); // offline: this page alone has it
  };
  form.addEventListener("submit", submit);
  return () => form.removeEventListener("submit", submit);
}
