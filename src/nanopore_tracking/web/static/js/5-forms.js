// Forms: what is being typed is never replaced, drafts survive, and an ended session asks in place.
(() => {
  const draftKey = form => `draft:${form.dataset.draft}`;
  const plain = form => [...new FormData(form)].filter(([name, value]) =>
    typeof value === "string" && !["csrf", "idempotency_key", "version"].includes(name));
  let timer = 0;

  document.addEventListener("input", event => {
    const form = event.target.closest("form[method=post]");
    if (!form) return;
    form.setAttribute("data-dirty", "");
    if (!form.dataset.draft) return;
    clearTimeout(timer);
    timer = setTimeout(() => localStorage.setItem(draftKey(form), JSON.stringify({ at: Date.now(), values: plain(form) })), 300);
  });
  document.addEventListener("submit", event => {
    const form = event.target;
    form.removeAttribute("data-dirty");
    if (form.dataset.draft) localStorage.removeItem(draftKey(form));
  }, true);

  const offer = form => {
    if (form.dataset.offered || form.hasAttribute("data-dirty")) return;
    const kept = JSON.parse(localStorage.getItem(draftKey(form)) || "null");
    if (!kept || !kept.values.some(([, value]) => value)) return;
    form.dataset.offered = "yes";
    const time = new Date(kept.at).toTimeString().slice(0, 5);
    const line = document.createElement("p");
    line.className = "row draft";
    const away = () => line.remove();
    line.append(
      np.button(`Restore your draft of ${time}`, "link", () => { restore(form, kept.values); away(); }),
      np.button("Forget it", "link", () => { localStorage.removeItem(draftKey(form)); away(); }));
    form.prepend(line);
  };
  const restore = (form, values) => {
    for (const [name, value] of values) {
      const input = form.elements.namedItem(name);
      if (!input) continue;
      if (input.type === "checkbox") input.checked = true;
      else input.value = value;
    }
    form.setAttribute("data-dirty", "");
  };
  const drafts = () => np.all("form[data-draft]").forEach(offer);
  // Where something was refused the focus goes to the first mistake; what was sent is kept from live updates.
  np.settle = sent => {
    const marks = np.all("#main [aria-invalid=true], #main [data-focus]");
    if (sent) for (const mark of marks) mark.closest("form[method=post]")?.setAttribute("data-dirty", "");
    else if (np.typing(document.activeElement)) return false;
    const wrong = marks.find(mark => mark.matches("[aria-invalid]")) || marks[0];
    if (!wrong) return false;
    const details = wrong.closest("details"), sheet = wrong.closest("[popover]");
    if (details) details.open = true;
    if (sheet && !sheet.matches(":popover-open")) sheet.showPopover();
    wrong.focus();
    return true;
  };
  addEventListener("DOMContentLoaded", () => { drafts(); np.settle(); });
  document.addEventListener("htmx:after:swap", event => {
    const { request, response } = event.detail.ctx;
    drafts();
    if (request.method !== "POST") return;
    const came = new URL(response.raw.url);
    if (response.raw.redirected) history.replaceState(history.state, "", came.pathname + came.search);
    if (!np.settle(true) && !np.typing(document.activeElement)) np.one("#main")?.focus({ preventScroll: true });
  });
  // A form that is being typed into and has no place in the page as it is now goes on top of it instead of away.
  let typed = [];
  // What was refused stays to be read until a person does the next thing, whatever changes meanwhile.
  let told = [];
  document.addEventListener("htmx:before:swap", event => {
    told = np.unasked(event.detail.ctx) ? np.all("#main .notice.failed[data-focus]") : [];
    const reads = event.detail.ctx.request.method === "GET";
    typed = reads ? np.all("form[data-dirty]").map(form => [form, form.closest("details.edit") || form]) : [];
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const [form, whole] of typed) {
      if (form.isConnected) continue; // already in place, or just put back with its neighbour
      const box = document.createElement("section");
      const title = Object.assign(document.createElement("h2"), { textContent: "What you were typing is still here; the page around it has changed" });
      box.className = "panel kept";
      box.append(title, whole);
      np.one("#main").prepend(box);
      htmx.process(box);
    }
    typed = [];
    for (const notice of told) {
      const title = np.one("#main .title");
      if (!notice.isConnected) title ? title.after(notice) : np.one("#main").prepend(notice);
    }
    told = [];
  });
  document.addEventListener("toggle", event => {
    if (!event.target.matches?.("details.edit[open]") || event.target.contains(document.activeElement) && np.typing(document.activeElement)) return;
    np.one("[aria-invalid=true], [data-focus], input:not([type=hidden]), select, textarea", event.target)?.focus();
  }, true);
  // A menu of choices that submits when one is made, for those who have scripts; others have a button.
  document.addEventListener("change", event => {
    if (event.target.matches("select[data-submit]")) event.target.form.requestSubmit();
  });

  const input = (name, type, words) => {
    const label = document.createElement("label");
    const box = document.createElement("input");
    Object.assign(box, { name, type, required: true, autocomplete: name === "username" ? "username" : "current-password" });
    label.className = "field";
    label.append(words, box);
    return label;
  };
  np.signIn = () => {
    if (np.one("#sign-in")) return;
    const dialog = document.createElement("dialog");
    const form = document.createElement("form");
    const title = Object.assign(document.createElement("h2"), { textContent: "Your session has ended", id: "sign-in-title" });
    const note = Object.assign(document.createElement("p"), { textContent: "What you typed is still here. Sign in again to go on." });
    const wrong = Object.assign(document.createElement("p"), { className: "error" });
    wrong.setAttribute("role", "alert");
    const button = Object.assign(document.createElement("button"), { className: "btn primary", textContent: "Sign in" });
    dialog.id = "sign-in";
    dialog.setAttribute("aria-labelledby", "sign-in-title");
    form.className = "stack";
    form.append(title, note, input("username", "text", "User name"), input("password", "password", "Password"), wrong, button);
    dialog.append(form);
    document.body.append(dialog);
    form.addEventListener("submit", async event => {
      event.preventDefault();
      const body = new URLSearchParams(new FormData(form));
      const response = await fetch("/sign-in", { method: "POST", body, headers: { "HX-Request": "true" } });
      const said = await response.json();
      if (!response.ok) { wrong.textContent = said.title; return; }
      for (const mark of np.all("input[name=csrf]")) mark.value = said.csrf;
      document.body.dataset.csrf = said.csrf;
      dialog.remove();
      np.say("Signed in again. Nothing was sent yet: send the form once more.");
    });
    dialog.showModal();
  };
})();
