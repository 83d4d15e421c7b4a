// Lists: filters that apply as one types, pages and orders in place, rows by key, ticks, and the panel beside the list.
(() => {
  let timer = 0, lastTick = null;

  const address = form => {
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) values.append(name, value);
    const sort = new URLSearchParams(location.search).get("sort");
    if (sort) values.set("sort", sort);
    const query = values.toString();
    return form.getAttribute("action") + (query ? `?${query}` : "");
  };
  const apply = form => np.part(address(form), "#list", { replace: "true" });

  // The controls say what the address says, whichever way it was changed.
  document.addEventListener("htmx:after:history:update", () => {
    const now = new URLSearchParams(location.search);
    for (const form of np.all("form[data-filter]")) {
      for (const input of form.elements) if (input.name && input !== document.activeElement) input.value = now.get(input.name) || "";
    }
  });
  document.addEventListener("input", event => {
    const form = event.target.closest("form[data-filter]");
    if (!form) return;
    clearTimeout(timer);
    timer = setTimeout(() => apply(form), event.target.matches("select") ? 0 : 150);
  });
  document.addEventListener("submit", event => {
    const form = event.target.closest("form[data-filter]");
    if (!form) return;
    event.preventDefault();
    clearTimeout(timer);
    apply(form);
  });
  document.addEventListener("click", event => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const link = event.target.closest("a[data-part]");
    if (link) {
      event.preventDefault();
      np.part(link.getAttribute("href"), link.dataset.part || "#list", { push: "true" });
      return;
    }
    const row = event.target.closest("tr[data-panel]");
    if (row && !event.target.closest("a, button, input, label, summary, .tick")) openPanel(row);
  });

  const openPanel = row => np.part(row.dataset.panel, "#list", { push: "true" });
  const ticks = () => np.all("input[data-tick]");
  const count = () => {
    const chosen = ticks().filter(box => box.checked);
    for (const box of ticks()) box.closest("tr").setAttribute("aria-selected", box.checked);
    const bar = np.one("#bulk");
    if (bar) {
      bar.hidden = !chosen.length;
      np.one(".many", bar).textContent = chosen.length;
    }
    const every = np.one("#tick-all");
    if (every) {
      every.checked = chosen.length > 0 && chosen.length === ticks().length;
      every.indeterminate = chosen.length > 0 && !every.checked;
    }
  };
  const range = box => {
    const all = ticks(), from = all.indexOf(lastTick), to = all.indexOf(box);
    if (from < 0 || to < 0) return;
    for (const item of all.slice(Math.min(from, to), Math.max(from, to) + 1)) item.checked = box.checked;
  };
  document.addEventListener("click", event => {
    const box = event.target.closest("input[data-tick]");
    if (box) {
      if (event.shiftKey) range(box);
      lastTick = box;
      count();
    } else if (event.target.id === "tick-all") {
      for (const item of ticks()) item.checked = event.target.checked;
      count();
    }
  });
  np.rowKey = event => {
    const row = document.activeElement?.closest?.("[data-row]");
    if (!row) return false;
    const box = np.one("input[data-tick]", row);
    if (event.key === "Enter" && document.activeElement === row && row.dataset.panel) return openPanel(row), true;
    if (!box || event.key.toLowerCase() !== "x") return false;
    box.checked = !box.checked;
    if (event.key === "X") { box.checked = true; range(box); }
    lastTick = box;
    count();
    return true;
  };
  document.addEventListener("htmx:after:swap", count);
  addEventListener("DOMContentLoaded", count);
})();
