"""How values are written for people; nothing is started for it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from nanopore_tracking.contracts.api.audit import EntryActor
from nanopore_tracking.contracts.api.config import NewApiToken
from nanopore_tracking.web import forms, words

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def berlin() -> Iterator[None]:
    """The facility is in Berlin."""
    before = words.zone.set(ZoneInfo("Europe/Berlin"))
    yield
    words.zone.reset(before)


def test_a_purity_ratio_keeps_two_decimals() -> None:
    found = [words.number(value, "a260_a280") for value in (1.6, 2, 1.85, 1.857)]
    assert found == ["1.60", "2.00", "1.85", "1.857"]
    assert [words.number(value) for value in (6.16e-07, 0.00012341)] == ["0.000000616", "0.0001234"]
    assert [words.number(value, "volume_ul") for value in (1.6, 2, 1234.56)] == ["1.6", "2", "1\u202f234.6"]


def test_codes_become_words_and_what_people_wrote_stays() -> None:
    assert words.plain("under_review", "status") == "Under review"
    assert words.plain("a260_a280", "quantity") == "A260/280"
    assert words.plain(["facility_manager", "admin"], "roles") == "Facility manager, Administrator"
    assert words.plain("soil_sample", "name") == "soil_sample"
    assert words.plain({"volume_ul": "pipette"}, "methods") == "Volume by Pipette"


def test_a_record_is_written_without_what_is_blank() -> None:
    record = {"kit": "SQK-LSK114", "pool": "", "note": None, "input_ng": 1000.0}
    assert words.plain(record) == "Kit SQK-LSK114, Input 1\u202f000 ng"


def test_a_quantity_without_a_unit_in_its_name_has_one_all_the_same() -> None:
    assert words.unit_of("library_concentration") == ("library_concentration", "ng/µL")
    assert words.unit_of("volume_ul") == ("volume", "µL")
    assert words.unit_of("comment") == ("comment", "")


def test_an_event_of_another_noun_says_so() -> None:
    assert words.event_title("session.opened", "account") == "Session opened"
    assert words.event_title("sample.stage_changed", "sample") == "Stage changed"
    service, robin = (
        EntryActor(kind=kind, id=name, name=name) for kind, name in (("service", "sample"), ("person", "Robin"))
    )
    assert words.doer(service) == "sample service"
    assert words.doer(service, robin) == "sample service for Robin"
    assert words.doer(robin, None) == "Robin"


@pytest.mark.usefixtures("berlin")
def test_times_are_those_of_the_facility_and_name_their_zone() -> None:
    assert words.stamp(NOON) == "2026-07-01 14:00:00 CEST"
    assert words.plain("2026-07-01T12:00:00Z", "started_at") == "2026-07-01 14:00:00 CEST"
    assert words.day_time(NOON) == "2026-07-01 14:00:00"


@pytest.mark.usefixtures("berlin")
def test_a_typed_time_is_one_of_the_facility() -> None:
    form = forms.of(NewApiToken, skip=("roles", "lab_ids"))
    assert form.read({"expires_at": "2026-07-01T14:00"}) == {"expires_at": "2026-07-01T14:00:00+02:00"}
    assert form.read({"expires_at": "soon"}) == {"expires_at": "soon"}
    assert form.filled({"expires_at": NOON}).named("expires_at").text == "2026-07-01T14:00"
