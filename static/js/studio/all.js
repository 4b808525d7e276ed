/* One box that ticks all of its form's. Without a script it is not there. */
for (const label of document.querySelectorAll("[data-all-label]")) label.hidden = false;

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-all]")) return;
  for (const box of event.target.form.querySelectorAll("input[name=task]")) box.checked = event.target.checked;
});
