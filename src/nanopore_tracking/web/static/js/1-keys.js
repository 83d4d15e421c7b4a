// Single keys, off inside inputs and where a person turned them off.
(() => {
  const on = () => localStorage.getItem("keys") !== "off";
  const rows = () => np.all("[data-row]");
  let going = 0;

  const move = step => {
    const all = rows();
    if (!all.length) return false;
    const at = all.indexOf(document.activeElement?.closest?.("[data-row]"));
    const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  };
  const follow = selector => {
    const link = np.one(selector);
    link?.click();
    return !!link;
  };
  const go = key => {
    const link = np.one(`[data-go="${CSS.escape(key)}"]`);
    if (link) location.href = link.href;
    return !!link;
  };
  const escape = () => {
    if (np.one(":popover-open")) return false;
    const open = np.one("details.edit[open], details.me[open], details.more[open]");
    if (open) {
      open.open = false;
      np.one("summary", open).focus();
      return true;
    }
    return follow("[data-close]");
  };
  const acts = {
    "/": () => { np.one("#search")?.focus(); return true; },
    "?": () => { np.keys(); return true; },
    j: () => move(1),
    k: () => move(-1),
    o: () => { const link = np.one("a", document.activeElement?.closest?.("[data-row]") || document.createElement("i")); if (link) location.href = link.href; return !!link; },
    "[": () => follow("a[rel=prev]"),
    "]": () => follow("a[rel=next]"),
    e: () => {
      const edit = np.one("details.edit");
      if (!edit) return false;
      edit.open = true;
      np.one("input:not([type=hidden]), select, textarea", edit)?.focus();
      return true;
    },
    g: () => { going = Date.now(); return true; },
  };

  np.keys = () => {
    const dialog = np.one("#keys");
    np.one("#keys-on").checked = on();
    if (!dialog.open) dialog.showModal();
  };
  document.addEventListener("change", event => {
    if (event.target.id === "keys-on") localStorage.setItem("keys", event.target.checked ? "on" : "off");
  });
  document.addEventListener("click", event => {
    if (!event.target.closest("#show-keys") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    np.keys();
  });
  document.addEventListener("keydown", event => {
    if (event.defaultPrevented || np.one("dialog[open]")) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "k") {
      np.one("#search")?.focus();
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (np.typing(event.target) && !event.target.closest("details.edit")) event.target.blur();
      else escape();
      return;
    }
    if (np.typing(event.target) || !on()) return;
    const went = Date.now() - going < 1500;
    going = 0;
    const done = went ? go(event.key) : acts[event.key]?.() || np.rowKey?.(event);
    if (done) event.preventDefault();
  });
})();
