// What is pasted into the grid: tab-separated text as spreadsheets give it, with or without headings.
const paste = (() => {
  // A cell in quotes may hold tabs, line breaks and doubled quotes.
  const parse = text => {
    const found = [[""]];
    let quoted = false;
    for (let n = 0; n < text.length; n++) {
      const letter = text[n], row = found.at(-1);
      if (quoted) {
        if (letter !== '"') row[row.length - 1] += letter;
        else if (text[n + 1] === '"') { row[row.length - 1] += '"'; n++; } else quoted = false;
      } else if (letter === '"' && row.at(-1) === "") quoted = true;
      else if (letter === "\t") row.push("");
      else if (letter === "\n") found.push([""]);
      else if (letter !== "\r") row[row.length - 1] += letter;
    }
    if (found.at(-1).length === 1 && found.at(-1)[0] === "") found.pop();
    return found;
  };
  const NAMES = {
    code: ["sample", "code", "sample id", "sample code", "id"],
    name: ["name", "sample name"],
    priority: ["priority"],
    assignee: ["assignee", "assigned to", "operator"],
    comment: ["comment", "comments", "note", "notes"],
    container_barcode: ["barcode", "tube barcode", "container barcode", "tube"],
    volume_ul: ["volume", "vol"],
    qubit_ng_per_ul: ["qubit", "qubit conc", "concentration", "conc"],
    nanodrop_ng_per_ul: ["nanodrop", "nanodrop conc"],
    a260_a280: ["a260/280", "260/280", "a260 a280"],
    a260_a230: ["a260/230", "260/230", "a260 a230"],
    fragment_mean_bp: ["mean length", "fragment length", "fragment", "length", "size", "fragment mean"],
  };
  const noun = () => np.one("#grid")?.dataset.noun || "sample";
  // In a grid of libraries a sample is what a library was made of.
  if (noun() === "library") {
    NAMES.name = [...NAMES.name, ...NAMES.code.filter(name => name.startsWith("sample"))];
    NAMES.code = ["library", "code", "library id", "library code", "id"];
  }
  const UNIT = /\s*[([]?\s*(ng\s*\/\s*[uµμ]l|[uµμ]l|bp|kb)\s*[)\]]?\s*$/i;
  const plain = heading => heading.toLowerCase().replaceAll("_", " ").replace(/ ng per ul$| ul$| bp$/, "").replace(UNIT, "").replace(/[.:]+$/, "").trim();
  const guess = heading => Object.keys(NAMES).find(field => NAMES[field].includes(plain(heading)) || field === heading.trim()) || "";
  const kept = headings => `grid-columns:${headings.join("|").toLowerCase()}`;

  const direct = cells => {
    const { r, c } = sheet.at;
    const edits = cells.flatMap((line, down) => line.map((value, right) => [r + down, c + right, value]));
    const many = edits.filter(([row, column]) => row < sheet.rows.length && column < sheet.columns.length);
    sheet.change(many);
    if (many.length < edits.length) np.say(`${edits.length - many.length} cells lie outside of the grid and were left out.`, "hold");
  };
  const place = (cells, fields) => {
    const code = fields.indexOf("code"), name = fields.indexOf("name");
    const index = new Map(sheet.rows.map((row, r) => [row.code.toUpperCase(), r]));
    const names = new Map();
    sheet.rows.forEach((row, r) => names.set(row.name, names.has(row.name) ? -1 : r));
    const lost = [], edits = [];
    cells.forEach((line, n) => {
      let r = n + (code < 0 && name < 0 ? sheet.at.r : 0);
      if (code >= 0) r = index.get((line[code] || "").trim().toUpperCase()) ?? -1;
      else if (name >= 0) r = names.get((line[name] || "").trim()) ?? -1;
      if (r < 0 || r >= sheet.rows.length) return lost.push(line[Math.max(code, name, 0)] || `row ${n + 1}`);
      fields.forEach((field, from) => {
        const c = sheet.columns.findIndex(column => column.field === field);
        if (c >= 0 && line[from] !== undefined) edits.push([r, c, line[from]]);
      });
    });
    sheet.change(edits);
    if (lost.length) np.say(`${lost.length} pasted rows are of no ${noun()} in this grid: ${lost.slice(0, 5).join(", ")}${lost.length > 5 ? ", …" : ""}`, "hold");
  };
  const option = (value, words, chosen) => Object.assign(document.createElement("option"), { value, textContent: words, selected: value === chosen });
  const ask = (headings, cells) => {
    const dialog = np.one("#match"), body = np.one("tbody", dialog);
    const before = JSON.parse(localStorage.getItem(kept(headings)) || "[]");
    body.replaceChildren(...headings.map((heading, n) => {
      const line = document.createElement("tr"), select = document.createElement("select");
      const words = [["", "Not to be pasted"], ["code", `${noun() === "library" ? "Library" : "Sample"} code`], ["name", noun() === "library" ? "Samples" : "Sample name"], ...sheet.columns.map(column => [column.field, column.unit ? `${column.title} (${column.unit})` : column.title])];
      select.setAttribute("aria-label", `What the column ${heading} holds`);
      select.append(...words.map(([value, said]) => option(value, said, before[n] ?? guess(heading))));
      const head = Object.assign(document.createElement("th"), { scope: "row", textContent: heading || `Column ${n + 1}` });
      const first = Object.assign(document.createElement("td"), { className: "dim", textContent: cells.slice(0, 3).map(row => row[n] || "").filter(Boolean).join(" · ") });
      const chosen = document.createElement("td");
      chosen.append(select);
      line.append(head, first, chosen);
      return line;
    }));
    np.one("[data-cancel]", dialog).onclick = () => { dialog.close(); sheet.focus(); };
    np.one("[data-apply]", dialog).onclick = () => {
      const fields = np.all("select", dialog).map(select => select.value);
      localStorage.setItem(kept(headings), JSON.stringify(fields));
      dialog.close();
      place(cells, fields);
      sheet.focus();
    };
    dialog.showModal();
  };
  const take = text => {
    const cells = parse(text.replace(/^\ufeff/, ""));
    if (!cells.length) return;
    const headed = cells.length > 1 && cells[0].filter(heading => guess(heading)).length >= Math.max(1, cells[0].length / 2);
    if (headed) ask(cells[0].map(heading => heading.trim()), cells.slice(1));
    else direct(cells);
  };
  return { take, parse, guess };
})();
