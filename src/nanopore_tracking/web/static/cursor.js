// One hour in all charts of a page: where a pointer is, or by the keys of the slider, which says it in words.
(() => {
  let hour = "";
  const show = () => {
    const range = np.one("#cursor"), spots = np.all("rect[data-h]");
    if (!range || !spots.length) return;
    range.max = Math.max(...spots.map(spot => spot.dataset.h));
    if (!hour) return;
    range.value = hour;
    const said = [];
    for (const spot of spots) {
      const here = spot.dataset.h === hour;
      spot.classList.toggle("at", here);
      if (here) said.push(np.one("h2", spot.closest("section")).firstChild.data + spot.textContent.slice(spot.textContent.indexOf(":")));
    }
    const text = `${hour} h. ${said.join(". ") || "Nothing is known of it"}.`;
    range.setAttribute("aria-valuetext", text);
    range.nextElementSibling.value = text;
  };
  const at = value => { if (value && value !== hour) { hour = value; show(); } };
  document.addEventListener("pointerover", event => at(event.target.dataset?.h));
  document.addEventListener("input", event => event.target.id === "cursor" && at(event.target.value));
  document.addEventListener("htmx:after:swap", show);
  show();
})();
