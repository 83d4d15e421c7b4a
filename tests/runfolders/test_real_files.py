"""Real files of every kind of instrument and program, where they are at hand: each is read, or refused in words."""

import shutil
import subprocess
from pathlib import Path

import pytest

from nanopore_tracking.runfolders import folders
from nanopore_tracking.runfolders.figures import Unreadable
from nanopore_tracking.runfolders.summaries import Cache
from scripts import runs_page

REAL = Path(__file__).parents[3] / "shared" / "data" / "ont"
FILES = sorted(path for path in REAL.rglob("*") if path.is_file() and path.stat().st_size < 8 << 20)
READABLE = [
    path
    for path in FILES
    if ("sequencing_summary" in path.name and "nanostat" not in path.name)
    or (path.parent.name == "derived" and path.suffix in (".txt", ".gz"))
]
SUMMARIES = [path for path in FILES if "sequencing_summary" in path.name or path.parent.name == "derived"]

pytestmark = pytest.mark.skipif(not FILES, reason="The real run files are not beside the repository.")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_real_file_raises_anything_but_a_sentence(tmp_path: Path, path: Path) -> None:
    if path not in READABLE:
        with pytest.raises(Unreadable, match=r"\.$"):
            Cache(tmp_path).read(path)
    else:
        found = Cache(tmp_path).read(path)
        assert found.told.rows == found.whole.reads == sum(run.whole.reads for run in found.runs)


def test_the_real_flongle_run_is_read_as_a_whole(tmp_path: Path) -> None:
    (folder,) = (REAL / "pbgl_flongle").iterdir()
    found = folders.read(folder, Cache(tmp_path))
    assert found.summary is not None
    assert (found.state, found.summary.whole.reads, found.summary.whole.bases) == ("complete", 13_759, 16_825_565)
    assert found.ids.flow_cell_id == "AJF976"
    assert "The run was not basecalled while it went on; the summary is of a later basecalling." in found.problems


@pytest.mark.skipif(
    shutil.which("NanoStat") is None, reason="NanoStat is not installed, so nothing is compared with it."
)
@pytest.mark.parametrize("path", SUMMARIES, ids=lambda path: path.name)
def test_reads_bases_and_n50_are_those_of_nanostat(tmp_path: Path, path: Path) -> None:
    command = ["NanoStat", "--tsv", "--summary", str(path)]
    other = subprocess.run(command, capture_output=True, text=True, check=False)
    if other.returncode:
        pytest.skip("NanoStat cannot read this file.")
    said = dict(line.split("\t")[:2] for line in other.stdout.splitlines() if "\t" in line)
    whole = Cache(tmp_path).read(path).whole
    mine = (whole.reads - whole.empty_reads, whole.bases, whole.n50_bases)
    assert mine == tuple(int(float(said[name])) for name in ("number_of_reads", "number_of_bases", "n50"))


def test_the_page_says_of_each_real_file_what_is_true_now() -> None:
    text = runs_page.PAGE.read_text("utf-8")
    assert runs_page.page(text, REAL) == text, "make runs-page"
