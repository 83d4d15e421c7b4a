// The grid on its page: keys, what the server says of each cell, saving what is right, and the draft of what is not.
(() => {
  if (!np.one("#grid")) return;
  sheet.read();
  const state = np.one("#grid-state"), save = np.one("#grid-save"), undo = np.one("#grid-undo");
  const { noun, path, job } = np.one("#grid").dataset;
  const draftKey = `grid:${sheet.rows.map(row => row.code).join(",")}`;
  let timer = 0, asked = 0, key = crypto.randomUUID(), busy = false;

  const methods = () => Object.fromEntries(np.all("select[data-method]").map(select => [select.dataset.method, select.value]));
  const grid = rows => JSON.stringify({ rows: rows.map(row => ({ [noun]: row.code, version: row.version, cells: row.cells })), methods: methods() });
  const send = async (path, rows) => {
    const body = new URLSearchParams({ grid: grid(rows), csrf: document.body.dataset.csrf, idempotency_key: key });
    const response = await fetch(path, { method: "POST", body, headers: { "HX-Request": "true", Accept: "application/json" } });
    if (response.status === 401) np.signIn();
    else if (!response.ok) np.refusal(response.status, await response.text(), false);
    return response.ok ? response.json() : null;
  };
  const changed = () => sheet.rows.filter(sheet.dirty);
  const problems = () => sheet.rows.flatMap((row, r) => row.problems.map(problem => ({ ...problem, row, r })));

  const tell = () => {
    const many = changed().length, wrong = problems(), errors = wrong.filter(problem => problem.level === "error");
    const kept = new Set(errors.map(problem => problem.r)).size, good = many - kept;
    save.disabled = busy || !good;
    save.textContent = kept && good ? `Save ${good} · keep ${kept} as draft` : `Save ${good || ""}`.trim();
    undo.disabled = !sheet.undoable;
    state.textContent = many ? `${many} changed${kept ? `, ${kept} with errors` : ""}` : "Nothing changed";
    np.one("#problem-count").textContent = wrong.length ? `${wrong.length} ${wrong.length === 1 ? "problem" : "problems"}` : "No problems";
    np.one("#problems").replaceChildren(...wrong.slice(0, 100).map(problem => {
      const item = document.createElement("li");
      const c = Math.max(0, sheet.columns.findIndex(column => column.field === problem.field));
      item.append(np.button(`${problem.row.code}: ${problem.message}`, "link", () => sheet.go(problem.r, c)));
      return item;
    }));
  };
  const take = (answer, rows) => {
    answer.rows.forEach((said, n) => { rows[n].problems = said.problems; });
    sheet.draw();
    tell();
  };
  const check = async () => {
    const rows = changed(), turn = ++asked;
    if (!rows.length) return;
    const answer = await send(`${path}/check`, rows).catch(() => null);
    if (answer && turn === asked && !busy) take(answer, rows);
  };
  const draft = () => {
    const cells = Object.fromEntries(changed().map(row => [row.code, row.cells]));
    if (Object.keys(cells).length) localStorage.setItem(draftKey, JSON.stringify({ at: Date.now(), cells }));
    else localStorage.removeItem(draftKey);
  };
  sheet.listen(() => {
    key = crypto.randomUUID();
    draft();
    tell();
    clearTimeout(timer);
    timer = setTimeout(check, 300);
  });

  const keep = async () => {
    const rows = changed();
    clearTimeout(timer);
    asked++;
    busy = true;
    save.disabled = true;
    const answer = await send(`${path}/save`, rows).catch(() => { np.say("Not saved: the server cannot be reached. What you typed is still here.", "failed"); return null; });
    busy = false;
    if (!answer) return tell();
    key = crypto.randomUUID();
    answer.rows.forEach((said, n) => {
      if (said.outcome === "refused") return;
      for (const [field, value] of Object.entries(rows[n].cells)) if (field !== "nanodrop_ng_per_ul") {
        rows[n].now[field] = value;
        rows[n].submitted[field] = false;
      }
      rows[n].version = said.version;
      rows[n].cells = {};
    });
    sheet.forget();
    take(answer, rows);
    draft();
    if (answer.bulk_id && !answer.refused) { location.href = `${job}/${answer.bulk_id}`; return; }
    const box = np.say(`${answer.saved} saved, ${answer.refused} kept as a draft`, answer.saved ? "hold" : "failed");
    if (answer.bulk_id) np.one("p", box).append(" ", Object.assign(document.createElement("a"), { href: `${job}/${answer.bulk_id}`, textContent: "What was saved" }));
  };
  save.addEventListener("click", keep);
  undo.addEventListener("click", () => { sheet.undo(); sheet.focus(); });
  np.one("#grid-down").addEventListener("click", () => { sheet.down(); sheet.focus(); });
  np.all("select[data-method]").forEach(select => select.addEventListener("change", () => { key = crypto.randomUUID(); check(); }));

  const next = () => {
    const all = problems(), { r } = sheet.at;
    const found = all.find(problem => problem.r > r) || all[0];
    if (found) sheet.go(found.r, Math.max(0, sheet.columns.findIndex(column => column.field === found.field)));
  };
  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], PageUp: [-15, 0], PageDown: [15, 0] };
  np.one("#grid").addEventListener("keydown", event => {
    if (!event.target.closest("td[data-r]") || event.target.closest("input")) return;
    const { r, c } = sheet.at, control = event.ctrlKey || event.metaKey, letter = event.key.toLowerCase();
    if (STEPS[event.key]) {
      const [rows, columns] = STEPS[event.key];
      const far = control ? sheet.rows.length : 1;
      sheet.go(r + rows * far, c + columns * far, event.shiftKey);
    } else if (event.key === "Home") sheet.go(control ? 0 : r, 0, event.shiftKey);
    else if (event.key === "End") sheet.go(control ? sheet.rows.length - 1 : r, sheet.columns.length - 1, event.shiftKey);
    else if (event.key === "Enter") sheet.go(r + (event.shiftKey ? -1 : 1), c);
    else if (event.key === "F2") sheet.edit();
    else if (event.key === "F8") next();
    else if (event.key === "Delete" || event.key === "Backspace") sheet.change(sheet.range().map(([row, column]) => [row, column, ""]));
    else if (control && letter === "z") sheet.undo();
    else if (control && letter === "d") sheet.down();
    else if (!control && !event.altKey && event.key.length === 1) sheet.edit(event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  np.one("#grid").addEventListener("mousedown", event => {
    const cell = event.target.closest("td[data-r]");
    if (!cell || event.target.closest("input")) return;
    event.preventDefault();
    document.activeElement?.closest?.("#grid input")?.blur();
    sheet.go(Number(cell.dataset.r), Number(cell.dataset.c), event.shiftKey);
  });
  np.one("#grid").addEventListener("dblclick", event => { if (event.target.closest("td[data-r]")) sheet.edit(); });
  np.one("#grid-frame").addEventListener("scroll", () => { if (!np.one("#grid input")) sheet.draw(true); });
  document.addEventListener("paste", event => {
    if (np.typing(document.activeElement) || np.one("dialog[open]")) return;
    event.preventDefault();
    paste.take(event.clipboardData.getData("text/plain"));
  });
  document.addEventListener("copy", event => {
    if (!document.activeElement?.closest?.("#grid td[data-r]")) return;
    event.preventDefault();
    event.clipboardData.setData("text/plain", sheet.copied());
  });

  const kept = JSON.parse(localStorage.getItem(draftKey) || "null"), line = np.one("#draft");
  if (kept) {
    const away = () => { line.hidden = true; sheet.focus(); };
    const restore = () => {
      const cells = sheet.rows.flatMap((row, r) => Object.entries(kept.cells[row.code] || {}).map(([field, value]) => [r, sheet.columns.findIndex(column => column.field === field), value]));
      sheet.change(cells.filter(([, c]) => c >= 0));
      away();
    };
    line.append(np.button(`Restore your draft of ${new Date(kept.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}`, "link", restore),
      np.button("Forget it", "link", () => { localStorage.removeItem(draftKey); away(); }));
    line.hidden = false;
  }
  addEventListener("beforeunload", event => { if (busy) event.preventDefault(); });
  sheet.draw();
  tell();
})();
