"""Several summaries in one folder: parts of one basecalling are added up, basecallings of the same reads never."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from nanopore_tracking.runfolders import folders
from nanopore_tracking.runfolders.readings import Reading
from nanopore_tracking.runfolders.splitting import split
from nanopore_tracking.runfolders.summaries import Cache
from tests.runfolders import made, vintages
from tests.runfolders.vintages import ACQUISITION, Read

READS = vintages.draw(400)
BASES = sum(read.length for read in READS)


def _folder(tmp_path: Path, program: str, files: Mapping[str, Sequence[Read]]) -> Reading:
    folder = made.folder(tmp_path, READS)
    next(folder.glob("sequencing_summary*")).unlink()
    for name, reads in files.items():
        vintages.write(folder / name, program, reads)
    return folders.read(folder, Cache(tmp_path / "cache"))


@pytest.mark.parametrize("program", ["guppy-2", "minknow-24.11", "dorado-1.0", "dorado-1.4"])
def test_parts_of_a_basecalling_count_together(tmp_path: Path, program: str) -> None:
    """The first PromethIONs wrote a summary for some thousand reads; `dorado demux` leads to one for each barcode."""
    whole = folders.read(made.folder(tmp_path / "whole", READS, program=program), Cache(tmp_path / "cache")).summary
    names = sorted({read.barcode for read in READS})
    by_barcode = {f"{name}_summary.tsv": [read for read in READS if read.barcode == name] for name in names}
    by_number = {f"sequencing_summary_{n}.txt": READS[n::3] for n in range(3)}
    for number, files in enumerate((by_barcode, by_number)):
        found = _folder(tmp_path / str(number), program, files)
        assert found.summary is not None
        assert whole is not None
        assert (found.summary.whole, found.summary.runs) == (whole.whole, whole.runs)
        assert (found.summary.told.rows, found.others) == (len(READS), [])
        assert (
            f"the {len(files)} summaries have no read in common; they count together, as parts." in found.problems[-1]
        )
        assert found.summary_name.endswith(f" and {len(files) - 1} more")


@pytest.mark.parametrize("order", [("a", "b", "whole"), ("b", "whole", "a"), ("whole", "a", "b")], ids=" ".join)
def test_a_whole_summary_beside_its_parts_is_not_added_to_them(tmp_path: Path, order: tuple[str, ...]) -> None:
    reads = {"a": READS[:300], "b": READS[300:], "whole": READS}
    files = {f"sequencing_summary_{n}.txt": reads[which] for n, which in enumerate(order)}
    found = _folder(tmp_path, "minknow-24.11", files)
    assert found.summary is not None
    assert found.summary.whole.bases == BASES
    assert [run.whole.bases for other in found.others for run in other.runs] == [BASES]


def test_a_summary_without_reads_does_not_hide_another(tmp_path: Path) -> None:
    found = _folder(tmp_path, "minknow-24.11", {"sequencing_summary_1.txt": READS, "sequencing_summary_2.txt": []})
    assert (found.state, found.summary_name) == ("complete", "sequencing_summary_1.txt")


def test_reads_that_name_no_run_are_of_the_run_of_their_folder(tmp_path: Path) -> None:
    folder = made.folder(tmp_path, READS)
    summary = next(folder.glob("sequencing_summary*"))
    text = summary.read_text()
    summary.write_text(text.replace(ACQUISITION, "-"))
    found = folders.read(folder, Cache(tmp_path / "cache"))
    (part,) = split(found)
    assert (part.state, part.acquisition_run_id) == ("complete", ACQUISITION)
    assert found.problems == ["400 reads do not say of which run they are: their run_id is empty."]
    summary.write_text(text.replace(ACQUISITION, "-", len(READS) - 1))
    own, rest = split(folders.read(folder, Cache(tmp_path / "cache")))
    assert (own.acquisition_run_id, rest.acquisition_run_id) == (ACQUISITION, "-")
    assert rest.ids.acquisition_run_ids == []
    assert rest.sentence.startswith("399 reads, 0.00")
