// The stream of changes: gathers for a quarter of a second, then asks for what is shown and changed.
(() => {
  const GATHER_MS = 250, AGAIN_MS = 1000, RETRY_MS = 2000;
  const waiting = [], lastAt = new WeakMap(), lost = new Set();
  let timer = 0, connected = false;

  const pill = (state, word) => {
    const live = np.one("#live");
    if (!live || live.dataset.state === state) return;
    live.hidden = false;
    live.dataset.state = state;
    np.one(".word", live).textContent = word;
  };
  const show = () => {
    if (!navigator.onLine) pill("offline", "Offline");
    else if (connected && !lost.size) pill("live", "Live");
    else pill("reconnecting", "Reconnecting");
  };
  const concerns = (element, change) => {
    const { live, liveId, liveKinds, liveCode } = element.dataset;
    if (!live.split(" ").includes(change.source)) return false;
    if (liveKinds && !liveKinds.split(" ").includes(change.kind)) return false;
    const named = `${liveId || ""} ${liveCode || ""}`.split(" ").filter(Boolean);
    return !named.length || named.includes(change.id) || named.includes(change.code);
  };
  const refresh = element => {
    if (np.asked.has(element)) return void setTimeout(refresh, GATHER_MS, element);
    lastAt.set(element, Date.now());
    np.quiet.add(element);
    return np.part(location.pathname + location.search, `#${element.id}`).finally(() => np.quiet.delete(element));
  };
  const refreshAll = () => np.all("[data-live]").forEach(refresh);
  const rows = (element, ids) => {
    const shown = ids.filter(id => np.one(`[data-row="${CSS.escape(id)}"]`, element));
    const other = ids.filter(id => !shown.includes(id));
    if (shown.length && element.dataset.rows) {
      const query = new URLSearchParams(location.search);
      query.set("ids", shown.slice(0, 100).join(","));
      const url = `${element.dataset.rows}?${query}`;
      htmx.ajax("GET", url, { source: np.one("#stream"), target: element, swap: "none" });
    }
    const bar = np.one(".newer", element);
    if (!other.length || !bar) return;
    const all = new Set([...(bar.dataset.ids || "").split(",").filter(Boolean), ...other]);
    bar.dataset.ids = [...all].join(",");
    np.one(".many", bar).textContent = all.size === 1 ? "1 newer change" : `${all.size} newer changes`;
    bar.hidden = false;
  };
  const flush = () => {
    timer = 0;
    const changes = waiting.splice(0);
    for (const element of np.all("[data-live]")) {
      const mine = changes.filter(change => concerns(element, change));
      if (!mine.length) continue;
      const wait = (lastAt.get(element) || 0) + AGAIN_MS - Date.now();
      if ("rows" in element.dataset) rows(element, [...new Set(mine.map(change => change.id))]);
      else if (wait > 0 || np.dragging) later(mine, Math.max(wait, 100));
      else refresh(element);
    }
  };
  const later = (changes, ms) => {
    waiting.push(...changes);
    timer ||= setTimeout(flush, ms);
  };
  const on = (name, act) => document.addEventListener(name, act);

  on("changed", event => later([JSON.parse(event.detail.data)], GATHER_MS));
  on("resync", refreshAll);
  on("source_lost", event => { lost.add(JSON.parse(event.detail.data).source); show(); });
  on("source_back", event => { lost.delete(JSON.parse(event.detail.data).source); show(); });
  on("ended", () => np.signIn());
  on("htmx:sse:after:connection", () => { connected = true; show(); });
  // A first connection that fails is not tried again by the stream itself.
  const open = () => {
    const stream = np.one("#stream"), url = stream?.getAttribute("hx-sse:connect");
    if (url && !connected) htmx.ajax("GET", url, { source: stream });
  };
  const failed = event => {
    const { ctx } = event.detail, status = ctx?.response?.status || 0;
    if (!ctx?.request || !np.unasked(ctx) || (status && status < 500)) return;
    if (!ctx.request.action.startsWith("/events")) return void setTimeout(refresh, RETRY_MS, ctx.target);
    connected = false;
    show();
    setTimeout(open, RETRY_MS);
  };
  on("htmx:error", failed);
  on("htmx:response:error", failed);
  on("htmx:sse:error", event => { connected = false; show(); if (event.detail.status === 401) np.signIn(); });
  on("htmx:sse:before:connection", event => { if (event.detail.connection.attempt > 0) { connected = false; show(); } });
  addEventListener("online", show);
  addEventListener("offline", show);
  on("click", event => {
    const button = event.target.closest(".newer button");
    if (!button) return;
    const url = new URL(location.href);
    for (const name of ["after", "trail"]) url.searchParams.delete(name);
    np.part(url.pathname + url.search, "#list", { replace: "true" });
  });
})();
