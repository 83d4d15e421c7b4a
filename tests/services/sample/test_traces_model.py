"""The course of an acquisition is made of what can be; one reading that says what cannot is no hindrance to others."""

from pathlib import Path

import msgspec

from nanopore_tracking.runfolders import folders
from nanopore_tracking.runfolders.readings import Reading
from nanopore_tracking.runfolders.summaries import Cache
from nanopore_tracking.runfolders.tables import OfMinute, PoreFigures, PoreHour
from nanopore_tracking.services.sample.traces.model import trace
from tests.runfolders import made, vintages


def _reading(tmp_path: Path) -> Reading:
    return folders.read(made.folder(tmp_path, vintages.draw(60)), Cache(tmp_path / "cache"))


def test_the_course_follows_the_table_of_minknow_and_leaves_out_what_cannot_be(tmp_path: Path) -> None:
    told = [(-10, 5), (10, 100), (20, 300), (99_999_999_999, 400), (30, 10**18)]
    minutes = [OfMinute(minute=minute, reads=1, bases=bases) for minute, bases in told]
    found = trace(msgspec.structs.replace(_reading(tmp_path), minutes=minutes))
    assert list(zip(found.minutes, found.bases, strict=True)) == [(10, 100), (20, 300)]


def test_shares_and_hours_that_cannot_be_are_not_known(tmp_path: Path) -> None:
    hours = [PoreHour(hour=0, strand=-3.0, adapter=0.0, pore=0.0, others=4.0)]
    pores = PoreFigures(occupancy=7.0, efficacy=None, peak_health=None, hours=hours)
    found = trace(msgspec.structs.replace(_reading(tmp_path), pores=pores))
    assert (found.occupancy, found.bases_per_pore_hour) == (None, None)
    assert found.minutes, "what can be is there"
