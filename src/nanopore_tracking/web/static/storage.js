// The map of a box: arrow keys walk over it, and a free position that is chosen waits for the next scan.
(() => {
  const spots = () => np.all("[data-map] tbody tr").map(row => np.all("td a", row));
  document.addEventListener("keydown", event => {
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const here = event.target.closest?.("[data-map] td a");
    if (!by || !here) return;
    const all = spots(), row = all.findIndex(line => line.includes(here));
    const next = all[row + by[0]]?.[all[row].indexOf(here) + by[1]];
    event.preventDefault();
    next?.focus();
  });
  document.addEventListener("click", event => {
    const hole = event.target.closest?.("[data-at]"), position = np.one("#scan-position");
    if (!hole || !position || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    position.value = hole.dataset.at;
    np.one("#scan-barcode").focus();
  });
})();
