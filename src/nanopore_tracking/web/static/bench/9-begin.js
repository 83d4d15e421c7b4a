// The worker that keeps the page usable without network, the screen that stays on, and the lock of a tablet left alone.
(() => {
  const IDLE_MS = 10 * 60 * 1000, KEY = "bench-touched";

  const worker = async () => {
    if (!navigator.serviceWorker) return;
    const address = "/bench/worker.js";
    const policy = window.trustedTypes?.createPolicy("bench", { createScriptURL: () => address });
    await navigator.serviceWorker.register(policy ? policy.createScriptURL(address) : address, { scope: "/bench", updateViaCache: "none" });
    const ready = await navigator.serviceWorker.ready;
    const files = np.all("script[src], link[href^='/static/']").map(item => new URL(item.src || item.href).pathname);
    ready.active.postMessage({ page: location.pathname, files });
  };
  const awake = () => navigator.wakeLock?.request("screen").catch(() => { /* the battery is low, or the page is hidden */ });

  const touch = () => localStorage.setItem(KEY, String(Date.now()));
  const idle = () => Date.now() - Number(localStorage.getItem(KEY) || Date.now()) > IDLE_MS;
  const cover = () => {
    if (np.one("#bench-lock")) return;
    const away = bench.view.big(`Go on as ${bench.person.name}`, () => { touch(); lock.remove(); }, "primary");
    const lock = bench.el("dialog", { id: "bench-lock", attrs: { "aria-labelledby": "bench-lock-title" } },
      bench.el("h2", { id: "bench-lock-title", textContent: "Locked after 10 minutes without a touch" }),
      bench.el("p", { textContent: `There is no network to sign in with. What is done now is recorded as ${bench.person.name}, ${bench.person.initials}.` }), away);
    lock.addEventListener("cancel", event => event.preventDefault());
    document.body.append(lock);
    lock.showModal();
  };
  // With network the session ends, so that nobody works under another's name; timers and what was not sent stay on the
  // tablet. A shared tablet asks for a PIN then, another one for the password.
  const lock = async () => {
    if (np.one("#sign-in")) return;
    try {
      const end = () => bench.ask("/bench/lock", { method: "POST", body: new URLSearchParams({ csrf: bench.csrf }) });
      // The page may be from before a sign-in in another window.
      if ((await end()).status === 403 && await bench.outbox.session()) await end();
      touch();
      if (bench.main.dataset.shared) { location.href = bench.people(); return; }
      await fetch("/bench/left", { redirect: "manual" });
      bench.locked = true;
      np.signIn();
      touch();
    } catch { cover(); }
  };
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { if (!idle()) touch(); }, { capture: true, passive: true });
  const look = () => { if (idle()) lock(); };

  const begin = async () => {
    np.one(".needs-scripts").hidden = false;
    if (localStorage.getItem(KEY) === null) touch();
    worker();
    awake();
    document.addEventListener("visibilitychange", () => { if (!document.hidden) awake(); });
    // Tubes that somebody else scanned are not kept for the next person.
    if (localStorage.getItem("bench-person") !== bench.person.id) await bench.store.clear("tubes");
    localStorage.setItem("bench-person", bench.person.id);
    await bench.outbox.load();
    bench.begin();
    bench.opened();
    look();
    setInterval(look, 15_000);
    bench.outbox.send();
  };
  begin();
})();
