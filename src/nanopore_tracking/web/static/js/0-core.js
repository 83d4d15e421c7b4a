// What every page has: sentences at the corner, refused requests, parts of a page fetched in place.
"use strict";
const np = {
  one: (selector, root = document) => root.querySelector(selector),
  all: (selector, root = document) => [...root.querySelectorAll(selector)],
  typing: element => !!element?.closest?.("input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]"),
  icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "i");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `#i-${name}`);
    svg.append(use);
    return svg;
  },
  button(words, cls, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = cls;
    button.append(words);
    button.addEventListener("click", act);
    return button;
  },
  say(text, kind = "done", small = "") {
    const box = document.createElement("div");
    const line = document.createElement("p");
    box.className = `toast ${kind}`;
    line.textContent = text;
    if (small) line.append(Object.assign(document.createElement("small"), { textContent: small }));
    const close = np.button(np.icon("close"), "link", () => box.remove());
    close.setAttribute("aria-label", "Dismiss");
    box.append(line, close);
    np.one("#toasts").append(box);
    if (kind === "done") setTimeout(() => box.remove(), 4000);
    return box;
  },
  alarm(text) {
    np.one("#alarm")?.remove();
    const bar = document.createElement("div");
    bar.id = "alarm";
    bar.setAttribute("role", "alert");
    bar.append(text, np.button("Dismiss", "btn", () => bar.remove()));
    document.body.append(bar);
  },
  // The parts that somebody asked for and that are on their way.
  asked: new WeakMap(),
  // Fetch a part of a page and morph it into this one: ticks, focus and scroll stay. What was asked for last is
  // shown, so it takes the place of what is on its way.
  part(url, selector = "#list", how = {}) {
    const target = np.one(selector), request = {};
    target.setAttribute("hx-sync", "replace");
    if (how.push || how.replace) np.asked.set(target, request);
    const done = htmx.ajax("GET", url, { source: target, target, select: selector, swap: "outerMorph", ...how })
      .finally(() => { if (np.asked.get(target) === request) np.asked.delete(target); });
    return how.push ? done.then(() => np.settle()) : done;
  },
  refusal(status, text, reads) {
    let said = {};
    try { said = JSON.parse(text); } catch { /* a page, not data */ }
    if (status === 401) return np.signIn?.();
    const what = reads ? "Not loaded" : "Not saved";
    np.unsent(said.title || `${what}: the server answered ${status}. Nothing was changed.`, said.request_id || "");
  },
  // What was not sent is said once, until something is.
  unsent(text, small) {
    np.sent();
    np.say(text, "failed", small).dataset.unsent = "";
  },
  sent() { for (const box of np.all("[data-unsent]")) box.remove(); },
  // What is fetched without anybody asking: when it fails, the pill says so and it is fetched again.
  quiet: new Set(),
  unasked: ctx => ctx.request.action.startsWith("/events") || np.quiet.has(ctx.target),
};

document.addEventListener("say", event => {
  const said = event.detail?.value ?? event.detail;
  np.say(said.text, said.kind);
});
document.addEventListener("htmx:response:error", event => {
  const { response, text, swap, request } = event.detail.ctx;
  if (np.unasked(event.detail.ctx) && response.status >= 500) return;
  const type = response.headers.get("Content-Type") || "";
  const placed = [409, 412, 422].includes(response.status) && !type.includes("json") && swap !== "none";
  if (!placed) np.refusal(response.status, text, request.method === "GET");
});
document.addEventListener("htmx:error", event => {
  const { ctx } = event.detail;
  if (!ctx?.request || np.unasked(ctx)) return;
  const reads = ctx.request.method === "GET";
  np.unsent(reads ? "Not loaded: the server cannot be reached. What is shown is from before." : "Not saved: the server cannot be reached. What you typed is still here.");
});
document.addEventListener("htmx:before:request", event => {
  const target = event.detail.ctx.target;
  event.detail.ctx.slow = setTimeout(() => target?.classList?.add("slow", "htmx-request"), 200);
});
document.addEventListener("htmx:finally:request", event => {
  const { ctx } = event.detail;
  clearTimeout(ctx.slow);
  if (ctx.response?.status < 400 && !np.unasked(ctx)) np.sent();
  ctx.target?.classList?.remove("slow", "htmx-request");
});
addEventListener("DOMContentLoaded", () => {
  for (const box of np.all(".toast.done")) setTimeout(() => box.remove(), 4000);
});
document.addEventListener("click", event => {
  const menu = np.one(".me[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
});
document.addEventListener("click", async event => {
  const button = event.target.closest("#theme");
  if (!button) return;
  event.preventDefault();
  const after = { system: "light", light: "dark", dark: "system" };
  const body = new URLSearchParams(new FormData(button.form));
  body.set("theme", button.value);
  document.documentElement.dataset.theme = button.value;
  button.setAttribute("aria-label", `Theme: ${button.value}. Change`);
  button.title = `Theme: ${button.value}`;
  button.value = after[button.value];
  await fetch("/theme", { method: "POST", body, redirect: "manual" });
});
