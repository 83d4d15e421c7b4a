// A batch: which tube is next, what became of each, and a full stop where a tube does not belong to it.
if (bench.main.dataset.batch) (() => {
  const { el, view } = bench, { batch, lot, read, closed } = bench.main.dataset;
  const tubes = Object.values(JSON.parse(bench.main.dataset.tubes));
  const KEY = `bench-done:${batch}`, TUBE = bench.main.dataset.thing === "library" ? "library" : "tube";
  // What was sent after the page was read; a page that was kept does not know it.
  const sent = Object.fromEntries(Object.entries(JSON.parse(localStorage.getItem(KEY) || "{}")).filter(([, done]) => done.at > read));
  const ICONS = { left: "queued", next: "arrow-right", waits: "hold", done: "check", refused: "fail" };
  const WORDS = { left: "left", next: "next", waits: "on this tablet", done: "done", refused: "refused" };

  const state = tube => {
    const kept = bench.outbox.entries.filter(entry => entry.code === tube.code && entry.batch === batch);
    if (kept.some(entry => entry.refused)) return { word: "refused", said: "" };
    if (kept.length) return { word: "waits", said: kept[kept.length - 1].said };
    if (sent[tube.code]) return { word: "done", said: sent[tube.code].said };
    return tube.done ? { word: "done", said: tube.value ? `${tube.value} ${tube.act.unit_title}`.trim() : "" } : { word: "left", said: "" };
  };
  const next = () => tubes.find(tube => state(tube).word === "left");
  const draw = () => {
    const first = next();
    let done = 0;
    for (const tube of tubes) {
      const found = state(tube), word = tube === first ? "next" : found.word;
      if (["done", "waits"].includes(word)) done += 1;
      const cell = np.one(`[data-at="${tube.position}"]`);
      cell.dataset.state = word;
      cell.replaceChildren(np.icon(ICONS[word]), el("span", { className: "vh", textContent: WORDS[word] }));
      const became = np.one(`[data-code="${CSS.escape(tube.code)}"] .became`);
      became.textContent = `${found.said} ${WORDS[word]}`.trim();
      became.parentElement.dataset.state = word;
    }
    np.one("#batch-left").textContent = `${done} done, ${tubes.length - done} left`;
  };
  document.addEventListener("outbox", draw);
  document.addEventListener("sent", event => {
    const { entry } = event.detail;
    if (entry.batch !== batch) return;
    sent[entry.code] = { said: entry.said, at: bench.now() };
    localStorage.setItem(KEY, JSON.stringify(sent));
  });

  const start = (...above) => {
    const tube = next();
    const lotless = !lot && tubes.some(each => each.act.kind === "measurement")
      ? view.notice("hold", "No lot is said yet.", el("p", { textContent: "Scan it once below, so that it stands with every value." })) : null;
    if (closed) return view.show([view.notice("hold", "This batch is closed."), el("p", { textContent: "Open it again below to work on it." })]);
    view.show([...above, lotless, tube ? el("p", { className: "ask" }, "Scan ", el("b", { textContent: `${tube.position} ${tube.name}` })) : el("p", { className: "ask", textContent: "All tubes of this batch are done." }),
      tube && el("p", { className: "dim", textContent: `${tube.code}. Any other tube of this batch can be scanned as well.` })]);
  };
  bench.begin = bench.start = () => start();
  const head = tube => [el("h2", { className: "tube" }, el("span", { className: "spot", textContent: tube.position }), ` ${tube.name} `, el("span", { className: "mono", textContent: tube.code }))];
  const keep = async (tube, kind, body, said) => {
    await bench.outbox.add(kind, tube.code, body, said, { batch, act: kind === "measurement" ? tube.act : undefined });
    const found = state(tube);
    if (found.word === "refused") {
      const { refused } = bench.outbox.entries.find(entry => entry.code === tube.code && entry.refused);
      return start(view.notice("failed", `${tube.position} ${tube.name} was refused: ${refused}`));
    }
    start(view.notice("done", `${tube.position} ${tube.name}: ${said}, ${found.word === "waits" ? "saved on this tablet" : "recorded"}.`));
  };
  const ask = tube => {
    if (tube.act.kind === "measurement") {
      return view.pad(tube.act, { head: head(tube), away: bench.start,
        done: (value, method) => keep(tube, "measurement", view.measured(tube.act, value, method, bench.now(), lot), `${view.plain(value)} ${tube.act.unit_title}`.trim()) });
    }
    view.show([...head(tube), el("p", { className: "ask", textContent: "In which condition did it come?" }), bench.conditions(condition =>
      keep(tube, "custody", { kind: "received", condition, happened_at: bench.now() }, `received, ${condition.replaceAll("_", " ")}`))]);
  };

  // Nothing else can be done before somebody has said that the tube is away.
  const stop = async code => {
    const due = next();
    const name = el("b", { textContent: code });
    const dialog = el("dialog", { id: "bench-stop", attrs: { role: "alertdialog", "aria-labelledby": "bench-stop-title", "aria-describedby": "bench-stop-names" } },
      el("h2", { id: "bench-stop-title" }, np.icon("alert"), `Stop: this ${TUBE} is not in this batch`),
      el("dl", { id: "bench-stop-names" }, el("dt", { textContent: "In your hand" }), el("dd", {}, name),
        el("dt", { textContent: due ? `Next in ${batch}` : "This batch" }), el("dd", {}, el("b", { textContent: due ? `${due.position} ${due.name} ${due.code}` : batch }))),
      el("p", { textContent: "Nothing was recorded. Put the tube back before you go on." }),
      view.big("The tube is away", () => dialog.remove(), "primary"));
    dialog.addEventListener("cancel", event => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
    const found = await bench.look(code);
    if (found?.kind === "sample") name.textContent = `${found.tube.name} ${found.tube.code}`;
    else if (["library", "pool"].includes(found?.kind)) name.textContent = `${found.name} ${found.code}`;
    else if (found?.kind === "unknown") name.textContent = `${code}, which is not known`;
  };
  bench.scanned = code => {
    if (/^B\d\d-\d{6,}$/i.test(code)) { location.href = `/bench/batches/${code.toUpperCase()}`; return; }
    if (closed) return start();
    const tube = tubes.find(each => [each.code, each.barcode].includes(code) || each.code === code.toUpperCase());
    if (!tube) return stop(code);
    const found = state(tube);
    if (found.word === "left") return ask(tube);
    view.show([...head(tube), el("p", { className: "ask", textContent: `It is ${WORDS[found.word]} already${found.said ? `: ${found.said}` : ""}.` }),
      el("div", { className: "row answers" }, found.word === "refused" ? el("a", { className: "btn big", href: "#bench-kept", textContent: "See why" }) : view.big("Do it again", () => ask(tube)), view.big("Not now", bench.start))]);
  };
  // Forms of the batch need the server; without it nothing is sent, and what was typed stays.
  for (const form of np.all("[data-bench-form]")) form.addEventListener("submit", async event => {
    event.preventDefault();
    try {
      if (!await bench.outbox.session()) { if (bench.outbox.signedOut) bench.signIn(); return; }
      form.elements.csrf.value = bench.csrf;
      form.submit();
    } catch {
      np.say("Not saved: there is no network. What you typed is still here.", "failed");
    }
  });
})();
