"""Which planned run a folder is, and whose its reads are: nothing is guessed."""

import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from nanopore_tracking.contracts.api.sample.acquisitions import NewAcquisition
from nanopore_tracking.kernel import errors
from nanopore_tracking.runfolders import folders, splitting
from nanopore_tracking.runfolders.readings import Reading, RunIds
from nanopore_tracking.runfolders.summaries import Cache
from nanopore_tracking.services.sample.acquisitions import model
from nanopore_tracking.services.sample.acquisitions.model import Planned
from nanopore_tracking.services.sample.cargo.model import Tag
from nanopore_tracking.services.sample.read_sets import model as read_sets
from tests.runfolders import made, vintages

PLANNED = Planned(
    id=uuid.uuid4(),
    code="R26-000001",
    protocol_run_id="",
    experiment_id="R26-000001_P26-1",
    sample_id="P26-1",
    flow_cell_id="PAX12345",
    position="1C",
)
IDS = RunIds(
    protocol_run_id="e4994c62-93f9-439a-bc8f-d20c95a137a5",
    experiment_id="R26-000001_P26-1",
    sample_id="P26-1",
    flow_cell_id="PAX12345",
    position="1C",
)
OTHER = replace(PLANNED, id=uuid.uuid4(), code="R26-000002", experiment_id="R26-000002_P26-2", sample_id="P26-2")


def test_ids_that_all_agree_are_a_match() -> None:
    found = model.match(IDS, [OTHER, PLANNED])
    assert found.run == PLANNED
    assert [each.run for each in found.candidates] == ["R26-000001", "R26-000002"]


def test_minknows_own_id_is_enough_where_nothing_contradicts() -> None:
    known = replace(PLANNED, protocol_run_id=IDS.protocol_run_id)
    assert model.match(RunIds(protocol_run_id=IDS.protocol_run_id), [known]).run == known


@pytest.mark.parametrize(
    "renamed",
    [
        {"sample_id": "P26-1-again"},
        {"flow_cell_id": "PAX99999"},
        {"position": "2A"},
        {"protocol_run_id": "00000000-0000-4000-8000-000000000000", "position": "2A"},
    ],
)
def test_one_id_that_differs_is_for_a_person(renamed: dict[str, str]) -> None:
    known = replace(PLANNED, protocol_run_id=IDS.protocol_run_id)
    ids = RunIds(**{name: renamed.get(name, getattr(IDS, name)) for name in IDS.__struct_fields__})
    found = model.match(ids, [OTHER, known])
    assert found.run is None
    assert (found.candidates[0].run, found.candidates[0].differs) == ("R26-000001", list(renamed))


def test_a_run_that_minknow_starts_again_is_the_same_one_and_a_cancelled_one_is_none() -> None:
    first = replace(PLANNED, protocol_run_id="00000000-0000-4000-8000-000000000000")
    assert model.match(IDS, [OTHER, first]).run == first
    assert model.match(IDS, [first, PLANNED]).run == PLANNED, "the id of the start is of one that does not differ"
    found = model.match(IDS, [replace(PLANNED, cancelled=True)])
    assert (found.run, [each.run for each in found.candidates]) == (None, [PLANNED.code])


def test_two_runs_that_fit_are_for_a_person_and_a_flow_cell_alone_is_no_match() -> None:
    assert model.match(IDS, [PLANNED, replace(PLANNED, code="R26-000003")]).run is None
    assert model.match(RunIds(flow_cell_id="PAX12345", position="1C"), [PLANNED]).run is None
    assert model.match(RunIds(flow_cell_id="FAX1"), [PLANNED]).candidates == []


def test_a_contradiction_needs_a_reason() -> None:
    differing = model.compare(IDS, OTHER)
    with pytest.raises(errors.Invalid, match="differ in experiment id, sample id"):
        model.require_reason(differing, "")
    model.require_reason(differing, "The sample was renamed after a crash.")
    model.require_reason(model.compare(IDS, PLANNED), "")


def _tag(barcode: str, alias: str = "") -> Tag:
    return Tag(
        kit="SQK-NBD114-24",
        barcode=barcode,
        key=barcode,
        alias=alias,
        sample_id=uuid.uuid4(),
        sample_code="",
        kind="test_sample",
    )


def _reading(tmp_path: Path, program: str = "dorado-1.4", **said: Any) -> Reading:
    reads = vintages.draw(400)
    return folders.read(made.folder(tmp_path, reads, program=program, **said), Cache(tmp_path / "cache"))


def _sets(reading: Reading, *tags: Tag) -> list[read_sets.ReadSet]:
    return read_sets.read_sets(reading.summary.runs if reading.summary else [], tags)


def test_reads_are_of_the_sample_of_their_alias_then_of_their_barcode(tmp_path: Path) -> None:
    by_alias, by_barcode = _tag("barcode07", "s01"), _tag("NB02")
    found = {each.barcode: each for each in _sets(_reading(tmp_path), by_alias, by_barcode)}
    assert found["barcode01"].sample_id == by_alias.sample_id
    assert found["barcode02"].sample_id == by_barcode.sample_id
    assert (found["barcode03"].kind, found["barcode03"].sample_id) == ("unexpected", None)
    assert (found["unclassified"].kind, found["unclassified"].sample_id) == ("unclassified", None)
    assert sum(each.part.reads for each in found.values()) == 400


def test_reads_without_barcodes_are_of_the_only_sample_or_of_none(tmp_path: Path) -> None:
    reading, tag = _reading(tmp_path, "guppy-2"), _tag("")
    (only,) = _sets(reading, tag)
    assert (only.kind, only.sample_id) == ("expected", tag.sample_id)
    (nobodys,) = _sets(reading, tag, _tag(""))
    assert (nobodys.kind, nobodys.sample_id) == ("unclassified", None)


def test_the_reads_of_another_run_are_nobodys(tmp_path: Path) -> None:
    foreign = {"protocol_run_id": "00000000-0000-4000-8000-000000000000", "acquisition_run_id": "b" * 40}
    own, other = splitting.split(_reading(tmp_path, **foreign))
    assert _sets(own, _tag("barcode01")) == []
    assert (other.ids.experiment_id, other.ids.flow_cell_id) == ("", "")


def test_several_acquisitions_at_once_are_refused(tmp_path: Path) -> None:
    reading = _reading(tmp_path, protocol_run_id="00000000-0000-4000-8000-000000000000")
    with pytest.raises(errors.Invalid, match="The reading is of 2 acquisitions; send each of them alone"):
        model.storable(NewAcquisition(reader="bench", reading=reading))
    for part in splitting.split(reading):
        model.storable(NewAcquisition(reader="bench", reading=part))


def test_what_was_not_judged_is_not_said_to_have_passed(tmp_path: Path) -> None:
    found = _sets(_reading(tmp_path, "dorado-0.3"), _tag("barcode01"))
    assert {each.told.pass_bases for each in found} == {None}


def test_figures_that_cannot_be_are_refused(tmp_path: Path) -> None:
    reading = _reading(tmp_path)
    model.storable(NewAcquisition(reader="bench", reading=reading))
    with pytest.raises(errors.Invalid, match="character NUL"):
        model.storable(NewAcquisition(reader="bench", reading=msgspec.structs.replace(reading, folder="a\0b")))
    assert reading.summary is not None
    whole = msgspec.structs.replace(reading.summary.whole, pass_bases=10**12)
    more = msgspec.structs.replace(reading, summary=msgspec.structs.replace(reading.summary, whole=whole))
    with pytest.raises(errors.Invalid, match="more passed than was read"):
        model.storable(NewAcquisition(reader="bench", reading=more))
