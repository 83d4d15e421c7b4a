// One question at a time: what stands on the bench now, the pad for numbers, and what a scan means there.
bench.view = (() => {
  const now = np.one("#bench-now");
  let onScan = null;
  // Show one question. scan: what a scanned code means while it stands there; true where it was taken.
  const show = (kids, scan = null) => {
    onScan = scan;
    now.replaceChildren(...kids.filter(Boolean));
    np.one("[data-focus-here]", now)?.focus();
  };
  const big = (words, act, cls = "") => np.button(words, `btn big ${cls}`, act);
  const initials = words => `${words} · ${bench.person.initials}`;
  const notice = (kind, text, ...more) => {
    const box = bench.el("div", { className: `notice ${kind}` },
      np.icon(kind === "done" ? "check" : "alert"), bench.el("div", { className: "grow" }, bench.el("strong", { textContent: text }), ...more));
    if (kind === "failed") box.setAttribute("role", "alert");
    return box;
  };
  const number = text => {
    const found = text.trim().replace(",", ".");
    return /^\d+(\.\d+)?$/.test(found) ? Number(found) : null;
  };
  const plain = value => String(Number(value.toPrecision(4)));
  // What a limit says of a value: a sentence, or nothing where the value is within all of them.
  const judged = (act, value) => {
    const unit = act.unit_title ? ` ${act.unit_title}` : "";
    for (const limit of act.limits) {
      const side = limit.min !== null && limit.min !== undefined && value < limit.min ? "low"
        : limit.max !== null && limit.max !== undefined && value > limit.max ? "high" : "";
      if (!side) continue;
      const wanted = side === "low" ? `at least ${plain(limit.min)}` : `at most ${plain(limit.max)}`;
      return limit.kit ? `${plain(value)}${unit} is ${side} for ${limit.kit}: it takes ${wanted}${unit}.`
        : `${plain(value)}${unit} is ${side}: ${wanted}${unit} is wanted (${limit.name}).`;
    }
    return "";
  };
  // The pad. done: gets value and method; head: what stands above it.
  const pad = (act, { head = [], value = "", done, away }) => {
    const shown = bench.el("input", { id: "pad-value", value, autocomplete: "off", attrs: { inputmode: "none", "data-focus-here": "" } });
    const wrong = bench.el("div", { attrs: { role: "alert" } });
    let method = act.methods[0].code;
    const press = sign => {
      if (sign === "⌫") shown.value = shown.value.slice(0, -1);
      else if (sign !== "." || !shown.value.includes(".")) shown.value += sign;
      wrong.replaceChildren();
    };
    const ask = () => {
      const typed = number(shown.value);
      if (typed === null) {
        wrong.replaceChildren(bench.el("p", { className: "error", textContent: `Type a number${act.unit_title ? ` in ${act.unit_title}` : ""}. Nothing was recorded.` }));
        return shown.focus();
      }
      const doubt = judged(act, typed);
      if (!doubt) return done(typed, method);
      show([...head, notice("hold", doubt), bench.el("div", { className: "row" },
        big(initials(`Keep ${shown.value}`), () => done(typed, method), "primary"),
        big("Change", () => pad(act, { head, value: shown.value, done, away })))]);
      np.one(".big", now)?.focus();
    };
    const keys = bench.el("div", { className: "pad", attrs: { role: "group", "aria-label": "Digits" } },
      ...["7", "8", "9", "4", "5", "6", "1", "2", "3", ".", "0", "⌫"].map(sign => {
        const key = big(sign, () => press(sign));
        if (sign === "⌫") key.setAttribute("aria-label", "Delete the last digit");
        return key;
      }));
    const ways = act.methods.length < 2 ? bench.el("p", { className: "dim", textContent: act.methods[0].title })
      : bench.el("fieldset", { className: "ways" }, bench.el("legend", { textContent: "Measured by" }), ...act.methods.map((way, at) =>
        bench.el("label", {}, bench.el("input", { type: "radio", name: "pad-method", value: way.code, checked: !at, onchange: () => { method = way.code; } }), way.title)));
    const form = bench.el("form", { className: "padded" },
      bench.el("label", { htmlFor: "pad-value", textContent: act.title }),
      bench.el("div", { className: "value" }, shown, bench.el("span", { className: "unit", textContent: act.unit_title })),
      wrong, keys, ways, bench.el("div", { className: "row" },
        bench.el("button", { className: "btn big primary", textContent: initials("Record") }), big("Not now", away)));
    form.addEventListener("submit", event => { event.preventDefault(); ask(); });
    show([...head, form]);
  };
  const measured = (act, value, method, at, kit = "") => {
    const { subject, quantity, unit } = act;
    return { subject, quantity, unit, method, value, kit_lot: kit, measured_at: at };
  };
  // A scan that comes while what is kept is still being read waits for that.
  const take = async code => {
    await bench.ready;
    if (!onScan?.(code)) bench.scanned(code);
  };
  document.addEventListener("scan", event => {
    event.preventDefault();
    if (np.one("dialog[open]")) return; // first what it asks is answered
    take(event.detail);
  });
  np.one("#bench-code").addEventListener("submit", event => {
    event.preventDefault();
    const box = np.one("#bench-scan"), code = box.value.trim();
    box.value = "";
    if (code) take(code);
  });
  return { show, big, initials, notice, pad, measured, plain };
})();

// What waits on the tablet, and what the server refused.
bench.shelf = (() => {
  const bar = np.one("#bench-saved"), list = np.one("#bench-outbox");
  const { el } = bench;
  const time = at => new Date(at).toTimeString().slice(0, 5);
  const drop = (entry, row) => {
    row.replaceChildren(el("p", { textContent: `Drop “${entry.said}”? It will not be recorded.` }), el("div", { className: "row" },
      bench.view.big("Drop it", () => bench.outbox.drop(entry), "danger"), bench.view.big("Keep it", () => draw())));
    np.one(".big", row).focus();
  };
  const correct = entry => {
    const { body } = entry;
    if (entry.kind === "measurement" && entry.act) {
      return bench.view.pad(entry.act, {
        head: [el("h2", { textContent: entry.code })], value: String(body.value), away: () => bench.start(),
        done: async (value, method) => {
          await bench.outbox.correct(entry, { ...body, value, method }, `${entry.act.title} ${bench.view.plain(value)} ${entry.act.unit_title}`.trim());
          bench.start();
        },
      });
    }
    if (body.kind === "stored") return bench.place(entry.code, async (location, position) => {
      await bench.outbox.correct(entry, { ...body, location, position }, `Stored in ${location} ${position}`.trim());
      bench.start();
    });
    return bench.outbox.correct(entry, body, entry.said);
  };
  const line = entry => {
    const mine = bench.outbox.mine(entry);
    const row = el("li", { className: entry.refused ? "refused" : "" });
    row.append(el("p", {}, el("b", { className: "mono", textContent: entry.code }), ` ${entry.said} `,
      el("span", { className: "dim", textContent: `${time(entry.at)}, ${mine ? entry.person.initials : `by ${entry.person.name}, who has to sign in to send it`}` })));
    if (entry.refused) {
      row.append(el("p", { className: "error" }, np.icon("alert"), el("span", { textContent: `Refused: ${entry.refused}` })));
      if (mine) {
        const word = entry.act || entry.body.kind === "stored" ? "Correct" : "Send again";
        row.append(el("div", { className: "row" }, bench.view.big(word, () => correct(entry)), bench.view.big("Drop", () => drop(entry, row))));
      }
    }
    return row;
  };
  const draw = () => {
    const { entries, reachable, signedOut } = bench.outbox;
    const refused = entries.filter(entry => entry.refused).length;
    const waits = entries.length - refused;
    const words = [];
    if (!reachable) words.push("No network");
    if (waits) words.push(`Saved on this tablet (${waits})`);
    if (refused) words.push(`Refused (${refused})`);
    bar.textContent = words.join(" · ") || "All sent";
    bar.dataset.state = refused ? "failed" : waits || !reachable ? "hold" : "done";
    np.one("#bench-sign-in").hidden = !signedOut;
    list.replaceChildren(...entries.map(line));
    np.one("#bench-kept").hidden = !entries.length;
  };
  document.addEventListener("outbox", draw);
  np.one("#bench-sign-in").addEventListener("click", () => bench.signIn());
  np.one("#bench-switch").addEventListener("click", async event => {
    event.preventDefault();
    try {
      await bench.ask("/bench/session");
      location.href = event.target.href;
    } catch {
      np.say(`Not switched: there is no network. What is done here is recorded as ${bench.person.name}.`, "failed");
    }
  });
  // After a sign-in in place the mark of the forms is another one, and so may be the person.
  new MutationObserver(async () => {
    if (document.body.dataset.csrf === bench.csrf) return;
    if (bench.locked) location.reload();
    else if (await bench.outbox.session()) bench.outbox.send();
  }).observe(document.body, { attributeFilter: ["data-csrf"] });
  return { draw };
})();
