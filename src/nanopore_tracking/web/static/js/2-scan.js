// A scanner is a fast keyboard: six or more characters with less than 35 ms between them, ended by Enter or Tab.
(() => {
  const FAST_MS = 35, LEAST = 6, AGAIN_MS = 2000;
  let text = "", last = 0, field = null, before = "";
  let lastCode = "", lastAt = 0;

  const start = event => {
    text = "";
    field = np.typing(event.target) ? event.target : null;
    before = field?.value ?? "";
  };
  const found = async code => {
    const now = Date.now();
    if (code === lastCode && now - lastAt < AGAIN_MS) return;
    [lastCode, lastAt] = [code, now];
    const event = new CustomEvent("scan", { detail: code, cancelable: true });
    if (!document.dispatchEvent(event)) return;
    const response = await fetch(`/search?q=${encodeURIComponent(code)}&scan=1`, { headers: { "HX-Request": "true" } });
    if (response.status === 401) return np.signIn();
    if (!response.ok) return np.alarm(`Unknown code: ${code}`);
    np.one("#alarm")?.remove();
    location.href = (await response.json()).path;
  };
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // When the key was hit, not when a busy page comes to it: a code would be cut in two.
    const now = event.timeStamp, fast = now - last < FAST_MS;
    if (event.key.length === 1) {
      if (!fast) start(event);
      text += event.key;
      last = now;
    } else if ((event.key === "Enter" || event.key === "Tab") && fast && text.length >= LEAST) {
      const code = text;
      text = "";
      if (field?.matches("[data-scan], #search")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (field) field.value = before;
      found(code.trim());
    } else if (event.key !== "Shift") {
      text = "";
    }
    // While a burst runs, its letters are not shortcuts.
    if (event.key.length === 1 && fast && text.length > 1 && !field) event.stopImmediatePropagation();
  }, true);
})();
