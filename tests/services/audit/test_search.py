"""Searching the log: by object, person, kind of event, service, request and time, page by page."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.harness.product import Product, checked
from tests.services.audit.reading import ENTRIES, Done, done, logged


@pytest.fixture(scope="module")
async def facts(product: Product) -> Done:
    """One sample, registered and changed by bob."""
    made = await done(product)
    await logged(product, await product.client("facility_manager"), 1, request_id=made.changed)
    return made


async def test_entries_are_found_by_everything_that_is_known_of_them(product: Product, facts: Done) -> None:
    manager, sample = await product.client("facility_manager"), facts.sample
    both = [("sample.created", facts.registered), ("sample.changed", facts.changed)]
    cases: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
        ({"object_id": sample["id"]}, both),
        ({"object_code": sample["code"]}, both),
        ({"object_kind": "sample", "actor": str(facts.bob.id)}, both),
        ({"actor": facts.bob.name.upper(), "source": "sample", "object_id": sample["id"]}, both),
        ({"request_id": facts.registered}, both[:1]),
        ({"request_id": facts.changed}, both[1:]),
        ({"object_id": sample["id"], "type": "sample.changed"}, both[1:]),
        ({"object_id": sample["id"], "source": "config"}, []),
        ({"object_id": sample["id"], "object_kind": "project"}, []),
    ]
    for asked, wanted in cases:
        found = await logged(product, manager, len(wanted), **asked) if wanted else await _now(manager, asked)
        assert [(entry["type"], entry["request_id"]) for entry in found] == wanted, asked


async def _now(client: Any, asked: dict[str, Any]) -> list[Any]:
    return list(checked(await client.get(ENTRIES, params=asked))["items"])


async def test_a_window_of_time_includes_its_start_and_not_its_end(product: Product, facts: Done) -> None:
    manager, asked = await product.client("facility_manager"), {"object_id": facts.sample["id"]}
    first, second = await logged(product, manager, 2, **asked)
    start, end = (datetime.fromisoformat(entry["occurred_at"]) for entry in (first, second))
    windows = [
        ({"since": start, "until": end}, [first]),
        ({"since": start}, [first, second]),
        ({"since": end}, [second]),
        ({"until": start}, []),
        ({"since": end + timedelta(microseconds=1)}, []),
    ]
    for window, wanted in windows:
        said = {name: moment.isoformat() for name, moment in window.items()}
        assert await _now(manager, {**asked, **said, "sort": "sequence"}) == wanted, window


@pytest.mark.parametrize("sort", ["sequence", "-sequence"])
async def test_pages_follow_each_other_without_gap_or_overlap(product: Product, facts: Done, sort: str) -> None:
    manager, found, after = await product.client("facility_manager"), [], None
    asked: dict[str, Any] = {"source": "sample", "sort": sort, "limit": 3}
    for _ in range(4):
        page = checked(await manager.get(ENTRIES, params=asked | ({"after": after} if after else {})))
        found += [entry["source_sequence"] for entry in page["items"]]
        after = page["next"]
        if after is None:
            break

    step = 1 if sort == "sequence" else -1
    assert len(found) > 3
    assert found == list(range(found[0], found[0] + step * len(found), step))


async def test_the_newest_come_first_unless_asked_otherwise(product: Product, facts: Done) -> None:
    manager = await product.client("facility_manager")

    items = checked(await manager.get(ENTRIES, params={"object_id": facts.sample["id"]}))["items"]

    assert [entry["type"] for entry in items] == ["sample.changed", "sample.created"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("since", "yesterday"),
        ("since", "2026-11-24T09:00:00"),
        ("until", "2026-13-01T00:00:00Z"),
        ("sort", "colour"),
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "many"),
        ("after", "not-a-cursor"),
        ("actor", "a" * 201),
        ("object_code", "S\x00"),
        ("colour", "red"),
    ],
)
async def test_a_parameter_that_is_not_right_is_refused_by_name(product: Product, name: str, value: str) -> None:
    manager = await product.client("facility_manager")

    answer = await manager.get(ENTRIES, params={name: value})

    assert answer.status_code == 422
    assert [error["path"] for error in answer.json()["errors"]] == [name]


@pytest.mark.parametrize("sequence", ["999999999", "0", "-1", "9" * 30])
async def test_an_entry_that_is_not_there_is_not_found(product: Product, sequence: str) -> None:
    manager = await product.client("facility_manager")

    assert (await manager.get(f"{ENTRIES}/{sequence}")).status_code in (404, 422)
