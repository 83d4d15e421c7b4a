// The form of a draft: kept on the server at every pause, and the list of what is missing follows.
(() => {
  const PAUSE_MS = 800;
  let timer = 0, busy = false, again = false;
  const form = () => np.one("form[data-wizard]");
  const line = words => { const place = np.one(".saved"); if (place) place.textContent = words; };

  const keep = async () => {
    if (busy) { again = true; return; }
    busy = true;
    line("Saving …");
    const body = new URLSearchParams(new FormData(form()));
    let response = null, said = {};
    try {
      response = await fetch(form().action, { method: "POST", body, headers: { "HX-Request": "true", "X-Quiet": "1", Accept: "application/json" }, keepalive: true });
      said = await response.json();
    } catch { /* said below */ }
    busy = false;
    if (response?.ok) {
      np.all("input[name=version]", document).forEach(input => { input.value = said.version; });
      line(`Kept on the server at ${new Date().toTimeString().slice(0, 5)}.`);
      form().removeAttribute("data-dirty");
      np.part(location.pathname, "#check");
    } else if (response?.status === 401) {
      line("Not saved: your session has ended.");
      np.signIn();
    } else if (response?.status === 412) {
      line("Not saved: somebody else changed this draft. Load the page again to see it.");
    } else {
      line(`Not saved: ${said.title || "the server cannot be reached. It is tried again when you go on typing."}`);
    }
    if (again) { again = false; keep(); }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(keep, PAUSE_MS); };
  document.addEventListener("input", event => { if (event.target.closest("form[data-wizard]")) soon(); });
  document.addEventListener("submit", event => {
    if (!event.target.matches("form[data-wizard]")) return;
    event.preventDefault();
    clearTimeout(timer);
    keep();
  });
  // Who leaves in the middle of a word loses nothing.
  addEventListener("pagehide", () => { if (form()?.hasAttribute("data-dirty")) { clearTimeout(timer); keep(); } });
})();
