// The review of a form: what is chosen changes in place, n goes to the next doubt, and page and value keep in sight.
(() => {
  const HERE = "#review";
  const inside = link => {
    const url = new URL(link.getAttribute("href"), location.href);
    return url.pathname === location.pathname ? url.pathname + url.search : null;
  };
  const focus = () => {
    np.one(".paper rect.here")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    const now = np.one("#value-now");
    now?.scrollIntoView({ block: "nearest", inline: "nearest" });
    const field = np.one("[data-hand]");
    if (field) { field.focus(); field.select(); } else np.one("#accept:not(:disabled)")?.focus();
  };
  document.addEventListener("click", event => {
    const link = event.target.closest?.(`${HERE} a[href*="/review?"]`);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const url = inside(link);
    if (!url) return;
    event.preventDefault();
    history.replaceState(history.state, "", url);
    Promise.resolve(np.part(url, HERE)).then(focus);
  });
  np.rowKey = event => {
    const next = event.key === "n" && np.one("#next-doubt");
    if (next) next.click();
    return !!next;
  };
  document.addEventListener("htmx:after:swap", event => { if (event.detail.ctx.request.method === "POST") focus(); });
  addEventListener("DOMContentLoaded", focus);
  focus();
})();
