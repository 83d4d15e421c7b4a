"""Writes into docs/runs.md what is said of each real file that is at hand: its figures, or why it is refused."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nanopore_tracking.runfolders import finals, inventory, reports, tables
from nanopore_tracking.runfolders.figures import Unreadable
from nanopore_tracking.runfolders.summaries import Cache

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "runs.md"
FILES = ROOT.parent / "shared" / "data" / "ont"
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
#: Larger files are not for a table.
_LARGEST = 8 << 20


def rows(folder: Path) -> Iterator[str]:
    """Yield one line of the table for each file of a folder and of those in it."""
    with tempfile.TemporaryDirectory() as kept:
        cache = Cache(Path(kept))
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.stat().st_size < _LARGEST:
                yield f"| `{path.relative_to(folder)}` | {said(path, cache)} |"


def said(path: Path, cache: Cache) -> str:
    """Return what a file says, in one or two sentences."""
    try:
        return _of_kind(path, cache)
    except Unreadable as reason:
        return f"Refused: {reason}"


def _of_kind(path: Path, cache: Cache) -> str:
    kind = inventory.kind_of(path.name)
    if kind == "final_summary":
        final = finals.read(path)
        known = final.protocol_run_id or final.acquisition_run_id or "no id of the run"
        return f"Final summary of {final.flow_cell_id or 'no flow cell'}: {known}, {sum(final.files.values()):,} files."
    if kind == "report":
        report = reports.read(path)
        return f"Report of {report.flow_cell_id}: {report.reads or 0:,} reads, {len(report.barcodes)} barcodes."
    if kind == "pore_activity":
        pores = tables.pore_activity(path)
        return f"Pores over {len(pores.hours)} hours: occupancy {pores.occupancy or 0:.1%}."
    if kind == "throughput":
        minutes = tables.throughput(path)
        return f"Throughput over {len(minutes):,} minutes: {minutes[-1].reads:,} reads."
    if path.suffix == ".csv":
        return f"Sample sheet of {len(tables.sheet(path))} lines."
    found = cache.read(path)
    whole, told = found.whole, found.told
    n50 = "" if whole.n50_bases is None else f", N50 {whole.n50_bases:,}"
    runs = "" if len(found.runs) < 2 else f", {len(found.runs)} run ids"
    figures = f"{told.vintage}: {whole.reads:,} reads ({whole.empty_reads:,} empty), {whole.bases:,} bases{n50}{runs}."
    return " ".join([figures, *told.notes])


def page(text: str, folder: Path) -> str:
    """Return the page with its table made again."""
    begin, _, rest = text.partition(BEGIN)
    end = rest.partition(END)[2]
    head = "| file | what is said of it |\n|---|---|"
    return "\n".join([begin + BEGIN, head, *rows(folder), END + end])


def main() -> None:
    """Write the page; without the files it stays as it is."""
    if not FILES.is_dir():
        sys.exit("The real run files are not beside the repository; docs/runs.md stays as it is.")
    PAGE.write_text(page(PAGE.read_text("utf-8"), FILES), "utf-8")


if __name__ == "__main__":
    main()
