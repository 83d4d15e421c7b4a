"""Catalogues and facility settings over HTTP: versions that stay, announced whole, changed by who saw the last one."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.harness.engines import TestDatabase
from tests.services.config.conftest import PASSWORD, Config, running

NAMES = ["barcodes", "flow_cells", "holidays", "kits", "price_items", "service_types", "thresholds"]
PATH = "/api/catalogues/thresholds"


async def _thresholds(config: Config, token: str) -> dict[str, Any]:
    return dict((await config.get(PATH, token)).json())


async def test_the_first_catalogues_are_published_once_and_announced_whole(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with running(database, tmp_path / "link", PASSWORD):
        pass
    async with running(database, tmp_path / "link", PASSWORD) as config:
        events = await config.events("catalogue.published")
        admin = await config.admin()
        listed = (await config.get("/api/catalogues", admin)).json()["items"]
        page = (await config.get("/api/catalogues?limit=2&after=barcodes", admin)).json()
        shown = await config.get("/api/catalogues/kits", admin)

    assert sorted(event["data"]["catalogue"] for event in events) == NAMES
    assert [(entry["name"], entry["version"], entry["latest_version"]) for entry in listed] == [
        (name, 1, 1) for name in NAMES
    ]
    assert ([entry["name"] for entry in page["items"]], page["next"]) == (["flow_cells", "holidays"], "holidays")
    kits = next(event["data"]["entries"] for event in events if event["data"]["catalogue"] == "kits")
    assert kits == shown.json()["entries"]
    assert shown.headers["ETag"] == '"v1"'
    assert all(entry["source"] for entry in kits)


async def test_a_new_version_counts_and_the_old_one_stays(config: Config) -> None:
    admin = await config.admin()
    before = await _thresholds(config, admin)
    entries = [
        entry | ({"max": 0.2} if entry["code"] == "data-unclassified-share" else {}) for entry in before["entries"]
    ]
    body = {"entries": entries, "note": "After the review in autumn."}
    published = await config.change("PUT", PATH, body, token=admin, version=1)
    old = (await config.get(f"{PATH}?version=1", admin)).json()
    event = (await config.events("catalogue.published"))[-1]

    assert (published.status_code, published.json()["version"], published.headers["ETag"]) == (200, 2, '"v2"')
    assert (await _thresholds(config, admin))["entries"] == entries
    assert old["entries"] == before["entries"]
    assert old["latest_version"] == 2
    assert (event["data"]["catalogue_version"], event["data"]["entries"]) == (2, entries)
    assert {change["field"]: (change["before"], change["after"]) for change in event["changes"]} == {
        "version": (1, 2),
        "data-unclassified-share.max": (0.15, 0.2),
    }
    assert event["actor"]["name"] == "Administrator"
    assert (await config.get(f"{PATH}?version=3", admin)).status_code == 404


async def test_a_version_for_a_day_to_come_waits_for_it(config: Config) -> None:
    admin = await config.admin()
    before = await _thresholds(config, admin)
    day = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    body = {"entries": before["entries"][:1], "effective_from": day}
    published = await config.change("PUT", PATH, body, token=admin, version=1)
    today = await _thresholds(config, admin)
    blind = await config.change("PUT", PATH, {"entries": before["entries"][:2]}, token=admin, version=1)
    earlier = {"entries": before["entries"][:2], "effective_from": "2020-01-01"}

    assert published.json()["effective_from"] == day
    assert (today["version"], today["latest_version"]) == (1, 2)
    assert (blind.status_code, blind.json()["version"]) == (412, 2)
    assert (await config.change("PUT", PATH, earlier, token=admin, version=2)).status_code == 422


async def test_of_two_who_publish_at_once_one_is_told_to_look_again(config: Config) -> None:
    admin = await config.admin()
    entries = (await _thresholds(config, admin))["entries"]
    bodies = [{"entries": entries[:count]} for count in (1, 2, 3, 4)]
    answers = await asyncio.gather(*(config.change("PUT", PATH, body, token=admin, version=1) for body in bodies))

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    assert len(await config.events("catalogue.published")) == len(NAMES) + 1


async def test_publishing_the_same_again_changes_nothing(config: Config) -> None:
    admin = await config.admin()
    entries = (await _thresholds(config, admin))["entries"]
    same = await config.change("PUT", PATH, {"entries": entries}, token=admin, version=1)

    assert (same.status_code, same.json()["version"]) == (200, 1)
    assert len(await config.events("catalogue.published")) == len(NAMES)


@pytest.mark.parametrize(
    "body",
    [
        {"entries": []},
        {"entries": [{"code": "x"}]},
        {"entries": "all"},
        {"entries": [], "version": 7},
        {},
    ],
)
async def test_entries_that_cannot_be_right_are_refused(config: Config, body: dict[str, Any]) -> None:
    admin = await config.admin()
    refused = await config.change("PUT", PATH, body, token=admin, version=1)

    assert refused.status_code == 422
    assert (await _thresholds(config, admin))["version"] == 1


async def test_a_change_needs_the_version_that_was_seen(config: Config) -> None:
    admin = await config.admin()
    entries = (await _thresholds(config, admin))["entries"][:1]
    async with config.client(admin) as client:
        assert (await client.put(PATH, json={"entries": entries})).status_code == 428
        assert (await client.put("/api/catalogues/prices", json={"entries": entries})).status_code in (404, 422)


async def test_a_published_version_cannot_be_changed_in_the_database(config: Config) -> None:
    for statement in ("UPDATE catalogue_version SET note = 'x'", "DELETE FROM catalogue_version"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await config.rows(statement)


async def test_a_setting_has_its_default_until_it_is_changed(config: Config) -> None:
    admin = await config.admin()
    viewer = (await config.person("vera", "viewer"))["access_token"]
    path = "/api/settings/time_zone"
    first = {entry["name"]: entry for entry in (await config.get("/api/settings", viewer)).json()["items"]}
    set_first = await config.change("PUT", path, {"value": "Europe/Berlin"}, token=admin, version=0)
    stale = await config.change("PUT", path, {"value": "Europe/Paris"}, token=admin, version=0)
    wrong = await config.change("PUT", path, {"value": "Moon/Base"}, token=admin, version=1)
    refused = await config.change("PUT", path, {"value": "UTC"}, token=viewer, version=1)
    set_again = await config.change("PUT", path, {"value": "UTC"}, token=admin, version=1)
    event = (await config.events("setting.changed"))[0]

    assert (first["time_zone"]["value"], first["time_zone"]["version"]) == ("UTC", 0)
    assert (set_first.json()["value"], set_first.json()["changed_by"]) == ("Europe/Berlin", "Administrator")
    assert set_first.headers["ETag"] == '"v1"'
    assert (stale.status_code, wrong.status_code, refused.status_code) == (412, 422, 403)
    assert (set_again.status_code, set_again.json()["version"]) == (200, 2)
    assert event["changes"] == [{"field": "value", "before": "UTC", "after": "Europe/Berlin"}]


async def test_a_newer_shipped_catalogue_is_the_next_version_unless_a_person_published_one(
    database: TestDatabase, tmp_path: Path
) -> None:
    async with running(database, tmp_path / "link", PASSWORD):
        pass
    owner = await asyncpg.connect(database.owner_url)
    try:
        await owner.execute("ALTER TABLE catalogue_version DISABLE TRIGGER published_never_changes")
        await owner.execute(
            "UPDATE catalogue_version SET effective_from = '2026-11-01', entries = (SELECT json_agg(e) FROM "
            "json_array_elements(entries) e WHERE e->>'code' <> 'SQK-RBK114-96') WHERE name = 'barcodes'"
        )
        await owner.execute("ALTER TABLE catalogue_version ENABLE TRIGGER published_never_changes")
    finally:
        await owner.close()
    async with running(database, tmp_path / "link", PASSWORD) as config:
        admin = await config.admin()
        shipped = (await config.get("/api/catalogues/barcodes", admin)).json()
        old = (await config.get("/api/catalogues/barcodes?version=1", admin)).json()
        body = {"entries": shipped["entries"][1:]}
        await config.change("PUT", "/api/catalogues/barcodes", body, token=admin, version=2)
    async with running(database, tmp_path / "link", PASSWORD) as config:
        kept = (await config.get("/api/catalogues/barcodes", await config.admin())).json()

    assert (shipped["version"], len(old["entries"])) == (2, len(shipped["entries"]) - 1)
    assert (kept["version"], len(kept["entries"])) == (3, len(shipped["entries"]) - 1)
