// A tube is scanned: its name, its stage, what is due, and the two answers to that.
(() => {
  const { el, view } = bench;
  const CONDITIONS = ["intact", "thawed", "leaking", "broken", "empty", "label_unreadable", "other"];
  const words = code => (code[0].toUpperCase() + code.slice(1)).replaceAll("_", " ");

  bench.start = () => view.show([el("p", { className: "ask", textContent: "Scan a tube" }),
    el("p", { className: "dim", textContent: "The scanner works anywhere on this page; a code can also be typed below." })]);
  bench.begin = bench.start;

  bench.conditions = done => el("div", { className: "choices" },
    ...CONDITIONS.map(condition => view.big(view.initials(words(condition)), () => done(condition))));

  bench.place = (code, done) => {
    const where = el("input", { id: "place-code", autocomplete: "off", required: true, attrs: { "data-focus-here": "" } });
    const spot = el("input", { id: "place-position", autocomplete: "off", pattern: "[A-Za-z][0-9]{1,2}", title: "A letter and a number, like C4" });
    const form = el("form", { className: "padded" },
      el("label", { htmlFor: "place-code", textContent: "Box or place: scan it" }), where,
      el("label", { htmlFor: "place-position", textContent: "Position, like C4" }), spot,
      el("div", { className: "row" }, el("button", { className: "btn big primary", textContent: view.initials("Store") }), view.big("Not now", () => bench.start())));
    form.addEventListener("submit", event => { event.preventDefault(); done(where.value.trim(), spot.value.trim().toUpperCase()); });
    view.show([el("h2", { textContent: `Where does ${code} stand?` }), form], scanned => { where.value = scanned; spot.focus(); return true; });
  };

  // What was done and is not sent yet counts as done here.
  const waiting = code => bench.outbox.entries.filter(entry => entry.code === code);
  const left = tube => {
    const done = waiting(tube.code).map(entry => entry.due);
    return tube.due.filter(item => !done.includes(item.code));
  };
  const remember = tube => bench.store.put("tubes", tube);
  const known = async code => (await bench.store.all("tubes")).find(tube => [tube.code, tube.barcode].includes(code));

  const look = async code => {
    let answer;
    try {
      answer = await bench.ask(`/bench/tubes?code=${encodeURIComponent(code)}`);
    } catch (failure) {
      if (!(failure instanceof TypeError)) throw failure;
    }
    if (answer?.status === 401) { bench.signIn(); return null; }
    if (answer?.ok) return answer.json();
    if (answer && answer.status < 500) {
      const said = await answer.json().catch(() => ({}));
      return { kind: "unknown", said: said.title };
    }
    const tube = await known(code);
    return tube ? { kind: "sample", tube, kept: true } : { kind: "unseen" };
  };

  const head = (tube, kept) => [
    el("h2", { className: "tube" }, tube.name, " ", el("span", { className: "mono", textContent: tube.code })),
    el("p", { className: "stands" }, el("b", { textContent: tube.stage_title }), ` · ${tube.status} · ${tube.lab}`, tube.location ? ` · ${tube.location}` : ""),
    kept ? el("p", { className: "dim", textContent: "As it was when this tablet last had network." }) : null,
  ].filter(Boolean);
  const page = tube => el("a", { className: "btn big", href: `/samples/${tube.code}`, textContent: "Open its page" });

  // Keep what was done of a tube, then show what is due next, or why it was refused.
  const did = async (tube, kind, body, said, more = {}) => {
    await bench.outbox.add(kind, tube.code, body, said, more);
    const refused = waiting(tube.code).find(entry => entry.refused);
    if (refused) {
      view.show([...head(tube), view.notice("failed", `Refused: ${refused.refused}`),
        el("p", { textContent: "It is kept below until you correct it or drop it." }), el("div", { className: "row" }, page(tube), view.big("Scan the next tube", bench.start))]);
      return np.one(".notice", np.one("#bench-now"))?.scrollIntoView({ block: "nearest" });
    }
    const unsent = waiting(tube.code).length > 0;
    const done = view.notice("done", unsent ? `${said}: saved on this tablet.` : `${said}: recorded.`);
    if (kind === "move") return view.show([done, el("p", { className: "ask", textContent: "Scan a tube" })]);
    const found = unsent ? { kind: "sample", tube } : await look(tube.code);
    if (found?.kind === "sample") present(found.tube, { kept: found.kept, done });
  };
  bench.did = did;

  const acts = {
    custody(tube, item) {
      if (item.act.custody === "stored") {
        return bench.place(tube.code, (location, position) =>
          did(tube, "custody", { kind: "stored", location, position, happened_at: bench.now() }, `Stored in ${location} ${position}`.trim(), { due: item.code }));
      }
      view.show([...head(tube), el("p", { className: "ask", textContent: "In which condition did it come?" }), bench.conditions(condition =>
        did(tube, "custody", { kind: "received", condition, happened_at: bench.now() }, `Received, ${words(condition).toLowerCase()}`, { due: item.code }))]);
    },
    measurement(tube, item) {
      view.pad(item.act, {
        head: head(tube), away: () => present(tube, {}),
        done: (value, method) => did(tube, "measurement", view.measured(item.act, value, method, bench.now()),
          `${item.act.title} ${view.plain(value)} ${item.act.unit_title}`.trim(), { due: item.code, act: item.act }),
      });
    },
  };

  const present = (tube, { kept = false, done = null, at = 0 }) => {
    const due = left(tube), item = due[at];
    const shown = [done, ...head(tube, kept)];
    const later = () => (due.length > at + 1 ? present(tube, { kept, at: at + 1 }) : bench.start());
    const answers = (word, act) => el("div", { className: "row answers" }, view.big(view.initials(word), act, "primary"), view.big("Not now", later));
    if (!tube.open) {
      shown.push(el("p", { className: "ask", textContent: `Nothing is due: it is ${tube.status.toLowerCase()}.` }), el("div", { className: "row" }, page(tube), view.big("Scan the next tube", bench.start)));
    } else if (item?.act) {
      shown.push(el("p", { className: "ask", textContent: item.message }), answers("Do it", () => acts[item.act.kind](tube, item)));
    } else if (item) {
      shown.push(el("p", { className: "ask", textContent: item.message }), el("p", { textContent: item.how }), el("div", { className: "row answers" }, page(tube), view.big("Not now", later)));
    } else if (tube.next && !waiting(tube.code).some(entry => entry.kind === "move")) {
      shown.push(el("p", { className: "ask", textContent: `Everything is there. Move it to ${tube.next.title}?` }),
        answers("Do it", () => did(tube, "move", { to: tube.next.to }, `Moved to ${tube.next.title}`)));
    } else {
      shown.push(el("p", { className: "ask", textContent: "Nothing is due here." }), el("div", { className: "row" }, page(tube), view.big("Scan the next tube", bench.start)));
    }
    view.show(shown);
    np.one(".answers .big", np.one("#bench-now"))?.focus();
  };
  Object.assign(bench, { look, acts });

  // Without network a tube that this tablet never saw can still be received or stored, under the code that was scanned.
  const unseen = code => {
    const tube = { code, name: code, stage_title: "Not known on this tablet", status: "No network", lab: "its name shows when the network is back", location: "", open: true, due: [], next: null };
    view.show([...head(tube), el("p", { className: "ask", textContent: "What is done with it?" }), el("div", { className: "choices" },
      view.big(view.initials("Receive it"), () => acts.custody(tube, { act: { custody: "received" } })),
      view.big(view.initials("Store it"), () => acts.custody(tube, { act: { custody: "stored" } })),
      view.big("Not now", bench.start))]);
  };

  bench.scanned = async code => {
    view.show([el("p", { className: "ask", textContent: `Looking for ${code}` })]);
    if (/^B\d\d-\d{6,}$/i.test(code)) { location.href = `/bench/batches/${code.toUpperCase()}`; return; }
    const found = await look(code);
    if (!found) return bench.start();
    if (found.kind === "sample") {
      if (!found.kept) await remember(found.tube);
      return present(found.tube, { kept: found.kept });
    }
    if (found.kind === "unseen") return unseen(code);
    if (found.kind === "place") {
      return view.show([el("h2", { className: "tube", textContent: found.code }), el("p", { className: "ask", textContent: "This is a place, not a tube." }),
        el("div", { className: "row answers" }, el("a", { className: "btn big primary", href: `/bench/batches?box=${encodeURIComponent(found.said)}`, textContent: "Make a batch of what stands in it" }),
          view.big("Not now", bench.start))]);
    }
    const said = found.kind === "unknown" ? `${found.said || `Nothing has the code ${code}.`} Nothing was changed. Scan the tube again.`
      : `${code} is a ${found.kind}, ${found.code}, not a tube. Nothing was changed. Scan a tube.`;
    view.show([view.notice("failed", said), el("p", { className: "ask", textContent: "Scan a tube" })]);
  };
})();
