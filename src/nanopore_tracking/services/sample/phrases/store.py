"""The names that a text may speak of, of what the caller may see."""

import re
from datetime import date
from pathlib import Path
from uuid import UUID

from nanopore_tracking.kernel import sql
from nanopore_tracking.kernel.postgres import Reads
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.lexicons.model import JOINING, titled
from nanopore_tracking.services.sample.phrases import model
from nanopore_tracking.services.sample.phrases.model import Name, Names

Q = sql.load(Path(__file__).with_name("queries.sql"))

#: Labs and projects that are looked at; more have words that say nothing.
_MOST = 200
_WORD = re.compile(r"[^\W_]+")


async def names(db: Reads, scope: list[UUID] | None, text: str, *, day: date) -> Names:
    """Return labs, projects, kits and services that a text may name, within the labs in scope."""
    said = dict.fromkeys(word for each in model.words_of(text) for word in _WORD.findall(each) if each not in JOINING)
    if not said:
        return Names()
    asked = {"words": " | ".join(f"'{word}'" for word in said), "scope": scope, "most": _MOST}
    labs = [
        Name("lab_id", str(row["id"]), titled("lab_id", row["name"]), _whole(row["name"], row["pi_name"]))
        for row in await db.rows(Q.labs, **asked)
    ]
    projects = [
        Name("project_id", str(row["id"]), titled("project_id", row["code"]), _whole(row["title"]))
        for row in await db.rows(Q.projects, **asked)
    ]
    exact = await _exact(db, day)
    codes = {shown.shown.rpartition(": ")[2].casefold(): shown for shown in projects}
    return Names(labs=labs, projects=projects, exact=codes | exact)


def _whole(*names: str) -> tuple[tuple[str, ...], ...]:
    return tuple(words for name in names if (words := model.name_words(name)))


async def _exact(db: Reads, day: date) -> dict[str, Name]:
    """Return kits and services by their codes, kits without `SQK` too."""
    catalogue = await catalogue_store.current(db, day)
    found = {}
    for kit in catalogue.kits:
        name = Name("kit", kit.code, titled("kit", kit.code), ())
        short = kit.code.removeprefix("SQK-")
        for said in (
            kit.code,
            short,
            *(f"{each[:-3]}.{each[-2:]}" for each in (kit.code, short) if each[-3:-2] == "-"),
        ):
            found[said.casefold()] = name
    for service in catalogue.service_types:
        shown = f"Service: {service.name or service.code}"
        found[service.code.casefold()] = Name("service_type", service.code, shown, ())
    return found
