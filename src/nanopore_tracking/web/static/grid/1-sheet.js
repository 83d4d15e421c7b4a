// The grid of many samples or libraries: cells in memory, only the rows around the view on the page, everything by keyboard.
const sheet = (() => {
  const HEIGHT = 33, AROUND = 30;
  const table = () => np.one("#grid"), frame = () => np.one("#grid-frame");
  let columns = [], rows = [], at = { r: 0, c: 0 }, anchor = { r: 0, c: 0 }, past = [], changed = () => {};

  const read = () => {
    columns = np.all("thead th[data-field]", table()).map(head => ({
      field: head.dataset.field, measured: "measured" in head.dataset, unit: head.dataset.unit || "", title: head.firstChild.textContent.trim(),
    }));
    rows = np.all("tbody tr", table()).map(line => {
      const cells = np.all("td", line).map(cell => cell.textContent.trim());
      const row = { code: line.dataset.code, version: Number(line.dataset.version), name: cells[0], now: {}, submitted: {}, cells: {}, problems: [] };
      columns.forEach((column, c) => {
        row.now[column.field] = cells[c + 1];
        row.submitted[column.field] = "submitted" in line.cells[c + 2].dataset;
      });
      return row;
    });
  };
  const text = (row, column) => row.cells[column.field] ?? row.now[column.field];
  const dirty = row => columns.some(column => row.cells[column.field] !== undefined);
  const put = (r, c, value) => {
    const row = rows[r], column = columns[c];
    if (!row || !column) return;
    const typed = value.replace(/[\u200b\ufeff]/g, "").trim();
    // What was measured already is no new measurement; what was only submitted is measured by the same value too.
    if ((typed === row.now[column.field] && !row.submitted[column.field]) || (column.measured && !typed)) delete row.cells[column.field];
    else row.cells[column.field] = typed;
    row.problems = row.problems.filter(problem => columns.some(other => other.field === problem.field && other !== column));
  };
  const change = edits => {
    past.push(edits.map(([r, c]) => [r, c, rows[r]?.cells[columns[c]?.field]]));
    if (past.length > 200) past.shift();
    for (const [r, c, value] of edits) put(r, c, value);
    draw();
    changed();
  };
  const undo = () => {
    for (const [r, c, before] of past.pop() || []) {
      const row = rows[r], field = columns[c]?.field;
      if (!row || !field) continue;
      if (before === undefined) delete row.cells[field];
      else row.cells[field] = before;
    }
    draw();
    changed();
  };
  const inRange = (r, c) => r >= Math.min(at.r, anchor.r) && r <= Math.max(at.r, anchor.r) && c >= Math.min(at.c, anchor.c) && c <= Math.max(at.c, anchor.c);

  const cell = (row, r, column, c) => {
    const td = document.createElement("td");
    const wrong = row.problems.filter(problem => problem.field === column.field);
    const level = wrong.some(problem => problem.level === "error") ? "error" : wrong.length ? "warning" : "";
    const typed = row.cells[column.field] !== undefined;
    td.setAttribute("role", "gridcell");
    td.setAttribute("aria-colindex", c + 3);
    td.dataset.r = r;
    td.dataset.c = c;
    td.textContent = text(row, column);
    td.tabIndex = r === at.r && c === at.c ? 0 : -1;
    td.className = [column.measured ? "num" : "", typed ? "new" : column.measured ? "now" : "", level, inRange(r, c) ? "range" : ""].join(" ").trim();
    if (inRange(r, c)) td.setAttribute("aria-selected", "true");
    if (level === "error") td.setAttribute("aria-invalid", "true");
    if (wrong.length) td.title = wrong.map(problem => problem.message).join(" ");
    return td;
  };
  const line = (row, r) => {
    const tr = document.createElement("tr"), head = document.createElement("th"), name = document.createElement("td");
    const link = Object.assign(document.createElement("a"), { href: `${table().dataset.base}/${row.code}`, textContent: row.code, tabIndex: -1 });
    tr.setAttribute("role", "row");
    tr.setAttribute("aria-rowindex", r + 2);
    tr.dataset.code = row.code;
    if (row.problems.some(problem => problem.level === "error")) tr.className = "error";
    head.scope = "row";
    head.setAttribute("role", "rowheader");
    head.className = "mono";
    head.append(link);
    name.setAttribute("role", "gridcell");
    name.textContent = row.name;
    tr.append(head, name, ...columns.map((column, c) => cell(row, r, column, c)));
    return tr;
  };
  const space = many => {
    const tr = document.createElement("tr");
    tr.setAttribute("aria-hidden", "true");
    const td = document.createElement("td");
    td.colSpan = columns.length + 2;
    td.style.height = `${many * HEIGHT}px`;
    tr.append(td);
    return tr;
  };
  let drawn = [-1, -1];
  const draw = (only = false) => {
    const first = Math.max(0, Math.floor(frame().scrollTop / HEIGHT) - AROUND);
    const last = Math.min(rows.length, Math.ceil((frame().scrollTop + frame().clientHeight) / HEIGHT) + AROUND);
    if (only && first === drawn[0] && last === drawn[1]) return;
    const focused = document.activeElement?.closest?.("#grid td");
    const lines = [];
    if (first) lines.push(space(first));
    for (let r = first; r < last; r++) lines.push(line(rows[r], r));
    if (last < rows.length) lines.push(space(rows.length - last));
    np.one("tbody", table()).replaceChildren(...lines);
    drawn = [first, last];
    if (focused) focus();
  };
  const here = () => np.one(`#grid td[data-r="${at.r}"][data-c="${at.c}"]`);
  const focus = () => here()?.focus({ preventScroll: true });
  const go = (r, c, extend = false) => {
    at = { r: Math.max(0, Math.min(rows.length - 1, r)), c: Math.max(0, Math.min(columns.length - 1, c)) };
    if (!extend) anchor = { ...at };
    const top = at.r * HEIGHT, box = frame();
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + 2 * HEIGHT > box.scrollTop + box.clientHeight - HEIGHT) box.scrollTop = top + 3 * HEIGHT - box.clientHeight;
    draw();
    focus();
    here()?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const edit = (start = null) => {
    const td = here();
    if (!td || np.one("input", td)) return;
    const { r, c } = at, input = document.createElement("input");
    let over = false;
    input.value = start ?? text(rows[r], columns[c]);
    input.setAttribute("aria-label", `${columns[c].title} of ${rows[r].code}`);
    input.maxLength = 4000;
    td.replaceChildren(input);
    input.focus();
    if (start === null) input.select();
    const end = keep => {
      if (over) return;
      over = true;
      if (keep && (start !== null || input.value !== text(rows[r], columns[c]))) change([[r, c, input.value]]);
      else draw();
    };
    input.addEventListener("blur", () => end(true));
    input.addEventListener("keydown", event => {
      event.stopPropagation();
      if (event.key === "Enter" || event.key === "Tab") {
        event.preventDefault();
        end(true);
        go(event.key === "Enter" ? r + (event.shiftKey ? -1 : 1) : r, event.key === "Tab" ? c + (event.shiftKey ? -1 : 1) : c);
      } else if (event.key === "Escape") {
        end(false);
        go(r, c);
      }
    });
  };
  const range = () => {
    const found = [];
    for (let r = Math.min(at.r, anchor.r); r <= Math.max(at.r, anchor.r); r++) {
      for (let c = Math.min(at.c, anchor.c); c <= Math.max(at.c, anchor.c); c++) found.push([r, c]);
    }
    return found;
  };
  const down = () => {
    let cells = range();
    const top = Math.min(at.r, anchor.r);
    // One cell alone is filled down to the last row.
    if (at.r === anchor.r) cells = cells.flatMap(([r, c]) => rows.slice(r).map((_, n) => [r + n, c]));
    change(cells.filter(([r]) => r > top).map(([r, c]) => [r, c, text(rows[top], columns[c])]));
  };
  const copied = () => {
    const lines = new Map();
    for (const [r, c] of range()) lines.set(r, [...(lines.get(r) || []), text(rows[r], columns[c])]);
    return [...lines.values()].map(cells => cells.map(value => /[\t\n"]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value).join("\t")).join("\n");
  };
  return {
    read, draw, go, edit, change, undo, down, copied, range, dirty, focus, text,
    get rows() { return rows; }, get columns() { return columns; }, get at() { return at; }, get undoable() { return past.length > 0; },
    forget() { past = []; }, listen(act) { changed = act; },
  };
})();
