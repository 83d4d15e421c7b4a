// What is kept on the tablet: entries on their way to the server, and the tubes that were scanned.
const bench = {
  main: np.one("#bench"),
  person: { id: "", name: "", initials: "" },
  csrf: document.body.dataset.csrf,
  // How far the clock of the tablet is behind that of the server, so that times are right on a tablet whose clock is not.
  behind: Number(localStorage.getItem("bench-behind") || 0),
  now: () => new Date(Date.now() + bench.behind).toISOString(),
  async ask(url, how = {}) {
    const answer = await fetch(url, { ...how, headers: { "HX-Request": "true", ...how.headers } });
    const said = Date.parse(answer.headers.get("Date") || "");
    const off = said - Date.now();
    if (said) bench.behind = Math.abs(off) > 2000 ? off : 0; // a header has whole seconds
    localStorage.setItem("bench-behind", String(bench.behind));
    return answer;
  },
  el(tag, props = {}, ...kids) {
    const { data, attrs, ...rest } = props;
    const made = Object.assign(document.createElement(tag), rest);
    for (const [name, value] of Object.entries(attrs || {})) made.setAttribute(name, value);
    Object.assign(made.dataset, data || {});
    made.append(...kids.filter(kid => kid !== null && kid !== undefined && kid !== false));
    return made;
  },
};
// Who goes on where the session has ended: on a shared tablet with a PIN, else with the password in place.
bench.people = () => `/bench/people?next=${encodeURIComponent(location.pathname)}&who=${bench.person.id}`;
bench.signIn = () => { if (bench.main.dataset.shared) location.href = bench.people(); else np.signIn(); };
bench.ready = new Promise(done => { bench.opened = done; });
bench.person = { id: bench.main.dataset.person, name: bench.main.dataset.name, initials: bench.main.dataset.initials };

bench.store = (() => {
  const asked = request => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const opened = new Promise((done, failed) => {
    const request = indexedDB.open("bench", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("outbox", { keyPath: "number", autoIncrement: true });
      request.result.createObjectStore("tubes", { keyPath: "code" });
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  const on = async (name, mode, act) => {
    const transaction = (await opened).transaction(name, mode, { durability: "strict" });
    const ended = new Promise((done, failed) => {
      transaction.oncomplete = done;
      transaction.onabort = transaction.onerror = () => failed(transaction.error);
    });
    const result = await asked(act(transaction.objectStore(name)));
    await ended;
    return result;
  };
  return {
    all: name => on(name, "readonly", store => store.getAll()),
    put: (name, value) => on(name, "readwrite", store => store.put(value)),
    drop: (name, key) => on(name, "readwrite", store => store.delete(key)),
    clear: name => on(name, "readwrite", store => store.clear()),
  };
})();

bench.outbox = (() => {
  // The server knows a key again for seven days; what is older may have arrived, so that a person looks first.
  const LOCK = "bench-outbox", AGAIN_MS = 5000, SURE_MS = 6 * 24 * 3600 * 1000;
  let entries = [], timer = 0, reachable = true, signedOut = false;
  const changed = () => {
    // Read when somebody signs out: what is not sent yet is not cleared then.
    document.cookie = `unsent=${entries.length}; path=/; samesite=lax; max-age=${entries.length ? 31536000 : 0}`;
    document.dispatchEvent(new CustomEvent("outbox"));
  };
  const load = async () => { entries = await bench.store.all("outbox"); changed(); };
  const mine = entry => entry.person.id === bench.person.id;

  // Who is signed in now, and the mark of their forms; false where that is not known now.
  const session = async () => {
    const answer = await bench.ask("/bench/session");
    if (!answer.ok) { signedOut = answer.status === 401; return false; }
    const said = await answer.json();
    signedOut = false;
    bench.csrf = document.body.dataset.csrf = said.csrf;
    if (said.person.id !== bench.person.id) { location.reload(); return false; }
    return true;
  };
  const post = entry => {
    const { kind, code, key, body } = entry;
    const form = new URLSearchParams({ entry: JSON.stringify({ kind, code, key, body, person_id: entry.person.id }) });
    return bench.ask("/bench/entries", { method: "POST", body: form, headers: { "X-CSRF": bench.csrf } });
  };
  // Send one entry: "done", "refused", or "later", which stops the sending.
  const sendOne = async entry => {
    if (!entry.again && Date.parse(bench.now()) - Date.parse(entry.at) > SURE_MS) {
      const refused = "It waited for more than six days, so that it may have arrived already. Nothing was sent now. Look at the page of the tube, then send it again or drop it.";
      await bench.store.put("outbox", { ...entry, refused });
      return "refused";
    }
    let answer = await post(entry);
    let said = await answer.json().catch(() => ({}));
    if (answer.status === 403 && said.type === "csrf") {
      if (!await session()) return "later";
      answer = await post(entry);
      said = await answer.json().catch(() => ({}));
    }
    if (answer.ok) {
      await bench.store.drop("outbox", entry.number);
      document.dispatchEvent(new CustomEvent("sent", { detail: { entry, text: said.text } }));
      return "done";
    }
    if (answer.status === 401) { signedOut = true; return "later"; }
    if ([400, 403, 404, 409, 413, 422].includes(answer.status)) {
      if (said.type === "other-person") { await session(); return "later"; }
      await bench.store.put("outbox", { ...entry, refused: said.title || `The server answered ${answer.status}.` });
      return "refused";
    }
    return "later";
  };
  const sendAll = async () => {
    await load();
    const held = new Set(entries.filter(entry => entry.refused).map(entry => entry.code));
    for (const entry of entries.filter(mine)) {
      if (held.has(entry.code)) continue;
      const became = await sendOne(entry);
      if (became === "later") break;
      if (became === "refused") held.add(entry.code);
      await load();
    }
    await load();
  };
  // One window sends at a time; what it cannot send now is tried again.
  const send = async () => {
    clearTimeout(timer);
    try {
      await navigator.locks.request(LOCK, sendAll);
      reachable = true;
    } catch (failure) {
      if (!(failure instanceof TypeError)) throw failure;
      reachable = false; // no network
    }
    changed();
    if (entries.some(entry => mine(entry) && !entry.refused)) timer = setTimeout(send, AGAIN_MS);
  };
  return {
    load, send, session,
    get entries() { return entries; },
    get reachable() { return reachable && navigator.onLine; },
    get signedOut() { return signedOut; },
    mine,
    // Keep what was done; it is safe on the tablet when this returns.
    async add(kind, code, body, said, more = {}) {
      const entry = { ...more, kind, code, body, said, key: crypto.randomUUID(), at: bench.now(), person: { ...bench.person } };
      await bench.store.put("outbox", entry);
      await load();
      return send();
    },
    async drop(entry) { await bench.store.drop("outbox", entry.number); await load(); return send(); },
    async correct(entry, body, said) {
      const { refused, ...rest } = entry;
      await bench.store.put("outbox", { ...rest, body, said, key: crypto.randomUUID(), again: true });
      await load();
      return send();
    },
  };
})();
addEventListener("online", () => bench.outbox.send());
addEventListener("offline", () => document.dispatchEvent(new CustomEvent("outbox")));
document.addEventListener("visibilitychange", () => { if (!document.hidden) bench.outbox.send(); });
