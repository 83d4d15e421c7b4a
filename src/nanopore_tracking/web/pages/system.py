"""Catalogues and backups: what the laboratory works by, and what it can go back to."""

from datetime import date
from typing import Any, NamedTuple

import msgspec

from nanopore_tracking.kernel import errors
from nanopore_tracking.web import words
from nanopore_tracking.web.clients.backup import Backup
from nanopore_tracking.web.clients.config import Config
from nanopore_tracking.web.pages.settings_tabs import tabs
from nanopore_tracking.web.visit import Shown, Visit, action, page

#: Characters of the longest value that a column of a catalogue shows.
_SHORT = 24
#: The fields that say where an entry comes from.
_ORIGIN = ("source", "standing")


class Column(NamedTuple):
    """A column of a catalogue's table; numeric: it holds numbers only."""

    name: str
    numeric: bool


@page("/settings/catalogues", needs="catalogues.read")
async def catalogues(visit: Visit) -> Shown:
    """Show the catalogues in force."""
    found = (await visit.api(Config).catalogues()).items
    return visit.page(
        "pages/settings_catalogues.html", title="Catalogues", topics="config", tabs=tabs(visit), catalogues=found
    )


@page("/settings/catalogues/{name:str}", needs="catalogues.read")
async def catalogue(visit: Visit, name: str) -> Shown:
    """Show one catalogue."""
    return await _catalogue(visit, name)


async def _catalogue(visit: Visit, name: str, *, status: int = 200, problem: Any = None, typed: str = "") -> Shown:
    version = visit.request.query_params.get("version", "")
    found = await visit.api(Config).catalogue(name, int(version) if version.isdecimal() else None)
    text = typed or msgspec.json.format(msgspec.json.encode(found.entries), indent=1).decode()
    return visit.page(
        "pages/settings_catalogue.html",
        title=name,
        status=status,
        topics="config",
        tabs=tabs(visit),
        catalogue=found,
        columns=_columns(found.entries),
        whole=_whole,
        text=text,
        problem=problem,
    )


def _columns(entries: list[dict[str, Any]]) -> list[Column]:
    """Return the columns of the table: the fields that have short values; an entry can be opened for all of them."""
    columns = []
    for name in dict.fromkeys(name for entry in entries for name in entry):
        values = [entry[name] for entry in entries if entry.get(name) not in (None, "", [])]
        longest = max((len(words.plain(value, name)) for value in values), default=0)
        if name == "name" or (0 < longest <= _SHORT and name not in _ORIGIN):
            columns.append(Column(name, all(type(value) in (int, float) for value in values)))
    return columns


def _whole(entry: dict[str, Any]) -> list[tuple[str, Any]]:
    """Return all fields of an entry, where it comes from as the last ones."""
    return sorted(entry.items(), key=lambda item: item[0] in _ORIGIN)


@action("/settings/catalogues/{name:str}", needs="catalogues.write")
async def publish(visit: Visit, name: str) -> Shown:
    """Publish the next version of a catalogue."""
    typed, day = visit.form.get("entries", ""), visit.form.get("effective_from", "")
    try:
        asked: dict[str, Any] = {"entries": msgspec.json.decode(typed), "note": visit.form.get("note", "").strip()}
        if day:
            asked["effective_from"] = date.fromisoformat(day)
        made = await visit.api(Config).publish(name, asked, match=int(visit.form.get("version") or 0), key=visit.key)
    except (msgspec.DecodeError, ValueError) as failure:
        problem = errors.Invalid(f"The entries are not JSON: {failure}. Nothing was published.")
        return await _catalogue(visit, name, status=422, problem=problem, typed=typed)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _catalogue(visit, name, status=422, problem=problem, typed=typed)
    return visit.go(f"/settings/catalogues/{name}", f"Version {made.version} is published")


@page("/settings/backups", needs="backups.read")
async def backups(visit: Visit) -> Shown:
    """Show the backups."""
    found = await visit.api(Backup).backups(after=visit.request.query_params.get("after"))
    return visit.page("pages/settings_backups.html", title="Backups", topics="backup", tabs=tabs(visit), found=found)


@action("/settings/backups", needs="backups.run")
async def back_up(visit: Visit) -> Shown:
    """Ask for a backup now."""
    await visit.api(Backup).request(visit.form.get("note", "").strip(), visit.key)
    return visit.go("/settings/backups", "The backup is made in the background; this page shows when it is there")


@action("/settings/backups/{backup_id:str}/verification", needs="backups.run")
async def verify(visit: Visit, backup_id: str) -> Shown:
    """Compare the files of a backup with their checksums."""
    done = await visit.api(Backup).verify(backup_id, visit.key)
    problems = done.check.problems if done.check else []
    return visit.go(
        "/settings/backups", " ".join(problems) or "Every file is as it was written", "failed" if problems else "done"
    )


ROUTES = [catalogues, catalogue, publish, backups, back_up, verify]
