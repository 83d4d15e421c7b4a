// Timers of incubations: kept on the tablet, so that a reload or a closed window stops none; they sound until somebody comes.
(() => {
  const KEY = "bench-timers", list = np.one("#bench-timers"), { el, view } = bench;
  const read = () => JSON.parse(localStorage.getItem(KEY) || "[]");
  const write = timers => { localStorage.setItem(KEY, JSON.stringify(timers)); draw(); };
  const clock = ms => {
    const s = Math.max(0, Math.ceil(ms / 1000)), pair = value => String(value).padStart(2, "0");
    return s >= 3600 ? `${Math.floor(s / 3600)}:${pair(Math.floor(s / 60) % 60)}:${pair(s % 60)}` : `${Math.floor(s / 60)}:${pair(s % 60)}`;
  };
  let sound = null, last = 0;
  // A browser lets a page sound only after a touch; the touch that starts a timer is one.
  const allow = () => {
    sound ??= new AudioContext();
    if (sound.state === "suspended") sound.resume();
  };
  const beep = () => {
    if (sound?.state !== "running" || Date.now() - last < 1500) return;
    last = Date.now();
    for (const [after, pitch] of [[0, 880], [0.25, 1175]]) {
      const tone = sound.createOscillator(), level = sound.createGain();
      tone.frequency.value = pitch;
      level.gain.setValueAtTime(0.4, sound.currentTime + after);
      level.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + after + 0.22);
      tone.connect(level).connect(sound.destination);
      tone.start(sound.currentTime + after);
      tone.stop(sound.currentTime + after + 0.24);
    }
  };
  const start = minutes => {
    allow();
    const name = np.one("#timer-name").value.trim() || `${minutes} min`;
    write([...read(), { id: Date.now(), name, end: Date.now() + minutes * 60_000 }]);
    np.one("#timer-name").value = "";
  };
  const draw = () => {
    const timers = read();
    list.replaceChildren(...timers.map(timer => {
      const over = timer.end <= Date.now();
      const row = el("li", { className: over ? "over" : "", data: { timer: timer.id } },
        el("b", { textContent: timer.name }), el("span", { className: "left", textContent: over ? "Time is up" : clock(timer.end - Date.now()) }),
        view.big(over ? "Stop" : "Cancel", () => write(read().filter(other => other.id !== timer.id))));
      if (over) row.setAttribute("role", "alert");
      np.one(".big", row).setAttribute("aria-label", `${over ? "Stop" : "Cancel"} ${timer.name}`);
      return row;
    }));
  };
  const tick = () => {
    const timers = read();
    let over = false;
    for (const timer of timers) {
      const row = np.one(`[data-timer="${timer.id}"]`, list);
      if (timer.end <= Date.now()) over = true;
      if (!row || (timer.end <= Date.now()) !== row.classList.contains("over")) { draw(); break; }
      if (!row.classList.contains("over")) np.one(".left", row).textContent = clock(timer.end - Date.now());
    }
    np.one("#timer-quiet").hidden = !timers.length || sound?.state === "running";
    if (over) beep();
  };
  addEventListener("pointerdown", () => { if (read().length) allow(); });
  addEventListener("storage", event => { if (event.key === KEY) draw(); });
  for (const button of np.all("[data-minutes]")) button.addEventListener("click", () => start(Number(button.dataset.minutes)));
  np.one("#timer-own").addEventListener("submit", event => {
    event.preventDefault();
    const minutes = Number(np.one("#timer-minutes").value.replace(",", "."));
    if (minutes > 0 && minutes <= 1440) { start(minutes); np.one("#timer-minutes").value = ""; }
  });
  draw();
  setInterval(tick, 500);
})();
