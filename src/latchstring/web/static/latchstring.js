// Conveniences on top of pages that work without them: copying, dialogs, putting a toast away, closing menus.
(() => {
  "use strict";
  const announce = document.getElementById("announce");

  for (const button of document.querySelectorAll("[data-copy]")) {
    const label = button.querySelector("span");
    const before = label.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = button.parentElement.querySelector("[data-copy-source]");
      try {
        await navigator.clipboard.writeText(source.textContent);
      } catch {
        getSelection().selectAllChildren(source);
        return;
      }
      label.textContent = announce.textContent = announce.dataset.copied;
      setTimeout(() => { label.textContent = before; announce.textContent = ""; }, 2000);
    });
  }

  for (const link of document.querySelectorAll("[data-opens]")) {
    const dialog = document.getElementById(link.dataset.opens);
    if (!dialog || !dialog.showModal) continue;
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      dialog.showModal();
    });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  }

  for (const button of document.querySelectorAll("[data-dismiss]")) {
    button.hidden = false;
    button.addEventListener("click", () => button.parentElement.remove());
  }

  // The tab of this page is in sight, where tabs scroll sideways.
  for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
    const row = tab.closest("ul");
    row.scrollLeft = Math.max(0, tab.offsetLeft - row.offsetLeft - 24);
  }

  const openMenus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of openMenus()) { menu.open = false; menu.querySelector("summary").focus(); }
  });
})();
