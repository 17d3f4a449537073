// Conveniences of the Developer Platform, on top of forms that work without them.
(() => {
  "use strict";

  // What is typed is not lost silently: leaving asks first, saving does not.
  const written = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, typeof value === "string" ? value : value.name]));
  for (const form of document.querySelectorAll("form[data-unsaved]")) {
    const before = form.dataset.unsaved === "yes" ? null : written(form);
    let leaving = false;
    form.addEventListener("submit", () => { leaving = true; });
    addEventListener("pageshow", () => { leaving = false; });
    addEventListener("beforeunload", (event) => {
      if (!leaving && written(form) !== before) event.preventDefault();
    });
  }

  // The summary beside the scopes follows the ticks.
  const picker = document.querySelector("[data-scope-picker]");
  if (!picker) return;
  const told = document.getElementById("consent-summary");
  const count = document.getElementById("scope-count");
  const follow = () => {
    const ticked = new Set([...picker.querySelectorAll("input[type=checkbox]:checked")].map((box) => box.dataset.scope));
    for (const line of told.querySelectorAll("[data-scope]")) line.hidden = !ticked.has(line.dataset.scope);
    for (const group of told.querySelectorAll(".scope-group")) group.hidden = !group.querySelector("[data-scope]:not([hidden])");
    told.querySelector("[data-none]").hidden = ticked.size > 0;
    if (count) count.textContent = ticked.size;
  };
  picker.addEventListener("change", (event) => { if (event.target.matches("input[type=checkbox]")) follow(); });
  addEventListener("pageshow", follow);
})();
