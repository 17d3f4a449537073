// Recorded runs move by themselves: the server says when there is more, and the page is drawn anew.
(() => {
  "use strict";
  // Test Authorization opens a window of its own; this one goes to the run that it began.
  for (const form of document.querySelectorAll("form[data-follow]")) {
    form.addEventListener("submit", () => setTimeout(() => { location.href = form.dataset.follow; }, 1000));
  }

  const live = document.querySelector("[data-live]");
  if (!live || !window.EventSource) return;
  let version = live.dataset.version;
  let drawing = false;
  let again = false;

  const touched = () => new Map([...live.querySelectorAll("details")].map((one, place) => [place, one.open]));
  const draw = async () => {
    if (drawing) { again = true; return; }
    drawing = true;
    try {
      do {
        again = false;
        const answer = await fetch(location.href, { headers: { accept: "text/html" }, credentials: "same-origin" });
        if (!answer.ok || answer.redirected) return;
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".run");
        if (!fresh || live.contains(document.activeElement) && document.activeElement.matches("select, button")) return;
        const opened = touched();
        const before = live.querySelectorAll("details").length;
        live.replaceChildren(...fresh.childNodes);
        version = fresh.dataset.version || version;
        const after = live.querySelectorAll("details");
        if (after.length === before) after.forEach((one, place) => { one.open = one.open || opened.get(place); });
      } while (again);
    } finally {
      drawing = false;
    }
  };

  const source = new EventSource(live.dataset.live);
  source.addEventListener("changed", (event) => { if (event.data !== version) draw(); });
  source.addEventListener("over", () => { source.close(); draw(); });
  addEventListener("pagehide", () => source.close());
})();
