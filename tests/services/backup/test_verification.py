"""Backups over HTTP: who may ask, what is answered, and what a verification finds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.harness.product import Product, checked


async def made(product: Product, note: str = "") -> dict[str, Any]:
    """Ask for a backup as the administrator and return it when it is ready."""
    admin = await product.admin()
    asked = checked(await admin.post("/api/backups", json={"note": note}))

    async def look() -> dict[str, Any] | None:
        found: dict[str, Any] = checked(await admin.get(f"/api/backups/{asked['id']}"))
        return None if found["state"] in ("queued", "running") else found

    found: dict[str, Any] = await product.eventually(look, within_s=60)
    return found


@pytest.fixture(scope="module")
async def backup(product: Product) -> dict[str, Any]:
    """One backup that is ready."""
    return await made(product, "for the tests")


async def verify(product: Product, backup: dict[str, Any]) -> list[str]:
    admin = await product.admin()
    answer = checked(await admin.post(f"/api/backups/{backup['id']}/verification", json={}))
    assert checked(await admin.get(f"/api/backups/{backup['id']}")) == answer
    return list(answer["check"]["problems"])


async def test_a_backup_has_five_parts_with_checksums(product: Product, backup: dict[str, Any]) -> None:
    assert (backup["state"], backup["cause"], backup["note"]) == ("ready", "manual", "for the tests")
    assert [part["service"] for part in backup["parts"]] == ["sample", "ai", "audit", "backup", "config"]
    assert all(len(part["sha256"]) == 64 and part["size_bytes"] > 0 for part in backup["parts"])
    assert backup["size_bytes"] == sum(part["size_bytes"] for part in backup["parts"])
    assert backup["requested_at"] <= backup["started_at"] <= backup["finished_at"]
    assert await verify(product, backup) == []


def _flip(folder: Path) -> None:
    content = bytearray((folder / "ai.dump").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "ai.dump").write_bytes(content)


def _truncate(folder: Path) -> None:
    (folder / "audit.dump").write_bytes((folder / "audit.dump").read_bytes()[:-1])


def _lose(folder: Path) -> None:
    (folder / "config.dump").unlink()


def _add(folder: Path) -> None:
    (folder / "notes.txt").write_text("left by bob", "utf-8")


def _spoil(folder: Path) -> None:
    (folder / "manifest.json").write_text("{", "utf-8")


def _lose_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (_flip, "ai.dump was changed: its SHA-256 sum is not the one of the manifest."),
        (_truncate, "audit.dump has "),
        (_lose, "config.dump is missing."),
        (_add, "notes.txt does not belong to this backup."),
        (_spoil, "The manifest.json in "),
        (_lose_manifest, "There is no backup in "),
    ],
)
async def test_damage_is_named(
    product: Product, backup: dict[str, Any], damage: Callable[[Path], None], sentence: str
) -> None:
    folder = Path(product.environ["NANOPORE_BACKUP_DIR"]) / backup["folder"]
    kept = {file.name: file.read_bytes() for file in folder.iterdir()}
    damage(folder)

    (problem,) = await verify(product, backup)

    assert problem.startswith(sentence)
    for file in folder.iterdir():
        file.unlink()
    for name, content in kept.items():
        (folder / name).write_bytes(content)
    assert await verify(product, backup) == []


async def test_only_administrators_run_backups_and_managers_and_auditors_see_them(
    product: Product, backup: dict[str, Any]
) -> None:
    path = f"/api/backups/{backup['id']}"
    reads = {"facility_manager": 200, "auditor": 200, "admin": 200, "technician": 403, "submitter": 403, "viewer": 403}
    for role, status in reads.items():
        client = await product.client(role)
        assert [(await client.get(place)).status_code for place in ("/api/backups", path)] == [status] * 2, role
        if role != "admin":
            for place in ("/api/backups", f"{path}/verification"):
                assert (await client.post(place, json={})).status_code == 403, role
    assert (await product.anonymous().get("/api/backups")).status_code == 401
    assert (await product.anonymous().post("/api/backups", json={})).status_code == 401


async def test_backups_are_listed_newest_first(product: Product, backup: dict[str, Any]) -> None:
    auditor, newer = await product.client("auditor"), await made(product)

    found = checked(await auditor.get("/api/backups", params={"cause": "manual", "state": "ready"}))["items"]

    assert [item["id"] for item in found][:1] == [newer["id"]]
    assert backup["id"] in [item["id"] for item in found]
    page = checked(await auditor.get("/api/backups", params={"limit": 1, "sort": "requested"}))
    assert page["next"] is not None
    for wrong in ({"state": "lost"}, {"cause": "weekly"}, {"sort": "size"}, {"limit": 0}):
        answer = await auditor.get("/api/backups", params=wrong)
        assert answer.status_code == 422, wrong
        assert answer.json()["errors"][0]["path"].startswith(next(iter(wrong)))


async def test_what_is_asked_wrongly_is_refused(product: Product) -> None:
    admin = await product.admin()

    for wrong in ({"note": "a" * 201}, {"note": 5}, {"note": "a\nb"}, {"colour": "red"}):
        answer = await admin.post("/api/backups", json=wrong)
        assert answer.status_code == 422, wrong
        assert answer.json()["errors"][0]["path"] in wrong
    for place in (f"/api/backups/{uuid4()}", f"/api/backups/{uuid4()}/verification"):
        method = "POST" if place.endswith("verification") else "GET"
        assert (await admin.request(method, place)).status_code == 404
