// The board: a card moves by drag, by `<` and `>`, or by menu; a refusal puts it back and says why.
(() => {
  const columns = () => np.all(".column");
  const cards = () => np.all(".card");
  let held = null, from = null;

  const send = async (card, to) => {
    const list = np.one(`.column[data-stage="${CSS.escape(to)}"] .cards`);
    const home = card.parentElement, after = card.nextElementSibling;
    if (!list || home === list) return;
    list.prepend(card);
    card.focus();
    const body = new URLSearchParams({ to, csrf: document.body.dataset.csrf, idempotency_key: crypto.randomUUID() });
    let response = null;
    try {
      response = await fetch(`/samples/${card.dataset.code}/move`, { method: "POST", body, headers: { "HX-Request": "true", Accept: "application/json" } });
    } catch { /* said below */ }
    if (response?.ok) {
      np.say((await response.json()).text);
      return;
    }
    home.insertBefore(card, after);
    card.focus();
    if (response?.status === 401) return np.signIn();
    const said = response ? await response.json().catch(() => ({})) : {};
    const box = np.say(said.title || "Not moved: the server cannot be reached.", "failed", said.request_id || "");
    for (const missing of said.missing || []) {
      np.one("p", box).append(Object.assign(document.createElement("span"), { className: "missing", textContent: missing }));
    }
    const link = Object.assign(document.createElement("a"), { href: `/samples/${card.dataset.code}#gate`, textContent: `Open ${card.dataset.code}` });
    np.one("p", box).append(link);
  };
  const step = (card, by) => {
    const all = columns(), at = all.indexOf(card.closest(".column"));
    const next = all[at + by];
    if (next) send(card, next.dataset.stage);
  };
  const walk = (card, key) => {
    const column = card.closest(".column"), list = np.all(".card", column), at = list.indexOf(card);
    const all = columns(), c = all.indexOf(column);
    if (key === "ArrowDown" || key === "j") return list[at + 1]?.focus();
    if (key === "ArrowUp" || key === "k") return list[at - 1]?.focus();
    for (let i = c + (key === "ArrowRight" ? 1 : -1); all[i]; i += key === "ArrowRight" ? 1 : -1) {
      const there = np.all(".card", all[i]);
      if (there.length) return there[Math.min(at, there.length - 1)].focus();
    }
  };
  const menu = card => {
    np.one("#move")?.remove();
    const dialog = document.createElement("dialog");
    const here = card.closest(".column").dataset.stage;
    dialog.id = "move";
    dialog.setAttribute("aria-label", `Move ${card.dataset.code}`);
    dialog.append(Object.assign(document.createElement("h2"), { textContent: `Move ${card.dataset.code} to` }));
    for (const column of columns()) {
      if (column.dataset.stage === here) continue;
      dialog.append(np.button(np.one("h2", column).textContent, "btn", () => { dialog.close(); send(card, column.dataset.stage); }));
    }
    dialog.append(np.button("Cancel", "btn quiet", () => dialog.close()));
    dialog.addEventListener("close", () => { dialog.remove(); card.focus(); });
    document.body.append(dialog);
    dialog.showModal();
  };

  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || np.one("dialog[open]")) return;
    const card = event.target.closest?.(".card");
    if (!card) return;
    const off = localStorage.getItem("keys") === "off";
    if (["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"].includes(event.key)) walk(card, event.key);
    else if (event.key === "Enter" && event.target === card) location.href = `/samples/${card.dataset.code}`;
    else if (off) return;
    else if (event.key === "<" || event.key === ">") step(card, event.key === "<" ? -1 : 1);
    else if (event.key === "m") menu(card);
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", event => {
    const button = event.target.closest(".card .more");
    if (button) menu(button.closest(".card"));
  });
  document.addEventListener("dragstart", event => {
    held = event.target.closest?.(".card");
    if (!held) return;
    np.dragging = true;
    from = held.closest(".column");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", held.dataset.code);
    held.classList.add("held");
  });
  document.addEventListener("dragover", event => {
    const column = event.target.closest?.(".column");
    for (const other of np.all(".column.over")) if (other !== column) other.classList.remove("over");
    if (!held || !column || column === from) return;
    event.preventDefault();
    column.classList.add("over");
  });
  document.addEventListener("drop", event => {
    const column = event.target.closest?.(".column");
    if (!held || !column) return;
    event.preventDefault();
    send(held, column.dataset.stage);
  });
  document.addEventListener("dragend", () => {
    held?.classList.remove("held");
    np.all(".column.over").forEach(column => column.classList.remove("over"));
    held = from = null;
    np.dragging = false;
  });
  addEventListener("DOMContentLoaded", () => { const first = cards()[0]; if (first && location.hash === "#cards") first.focus(); });
})();
