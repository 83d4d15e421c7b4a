"""The one thing that can be done with catalogues: publish the next version of one."""

from datetime import date
from typing import Any

from nanopore_tracking.contracts.api.config import NewCatalogueVersion
from nanopore_tracking.contracts.events.config import CataloguePublished
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.events import Change, Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.config.catalogues import model, store
from nanopore_tracking.services.config.catalogues.model import Latest

#: Changes that an event names one by one; of a larger revision it says how many there are.
_NAMED = 100


async def publish(tx: Transaction, name: str, asked: NewCatalogueVersion, *, seen: int) -> Written:
    """Publish the next version of a catalogue; NotFound, Invalid, or Stale when someone else was first."""
    latest = await store.latest_version(tx, name)
    if latest is None:
        raise errors.NotFound("There is no such catalogue.")
    if latest.version != seen:
        raise _stale(latest)
    effective_from = model.effective(asked.effective_from, latest, tx.call.at.date())
    entries = model.checked(name, asked.entries)
    if model.changes(latest.entries, entries):
        await _publish(tx, name, latest, effective_from=effective_from, note=asked.note, entries=entries)
        seen += 1
    found = await store.show_catalogue(tx, name, version=seen, day=tx.call.at.date())
    if found is None:
        raise errors.NotFound("There is no such catalogue.")
    return Written(item=found[0], version=found[1], location=f"/api/catalogues/{name}?version={found[1]}")


async def publish_shipped(tx: Transaction, name: str, *, shipped_from: date, entries: list[dict[str, Any]]) -> None:
    """Publish a catalogue as it is shipped: in a new database, or as the next version after an earlier shipped one.

    Nothing happens when a person has published a version.
    """
    # On a machine whose clock is behind it counts from its today, so that there is no day without it.
    first_day = min(shipped_from, tx.call.at.date())
    latest = await store.latest_version(tx, name)
    full = model.checked(name, entries)
    if latest is None:
        await _publish(tx, name, None, effective_from=first_day, note="The first version.", entries=full)
    elif model.supersedes(latest, full, shipped_from=shipped_from, own=tx.call.actor.name):
        day = max(first_day, latest.effective_from)
        await _publish(tx, name, latest, effective_from=day, note="Shipped with a newer release.", entries=full)


async def _publish(
    tx: Transaction,
    name: str,
    latest: Latest | None,
    *,
    effective_from: date,
    note: str,
    entries: list[dict[str, Any]],
) -> None:
    version = latest.version + 1 if latest else 1
    try:
        await store.insert_version(tx, name, version=version, effective_from=effective_from, note=note, entries=entries)
    except postgres.Violation:
        raise _stale(latest) from None
    event = CataloguePublished(
        catalogue=name, catalogue_version=version, effective_from=effective_from, entries=entries
    )
    tx.announce(event, subject=Subject("catalogue", name, name), changes=_changes(latest, version, entries))


def _changes(latest: Latest | None, version: int, entries: list[dict[str, Any]]) -> list[Change]:
    found = [Change("version", latest.version if latest else None, version)]
    if latest is not None:
        differences = model.changes(latest.entries, entries)
        found += [Change(*difference) for difference in differences[:_NAMED]]
        if len(differences) > _NAMED:
            found.append(Change("further changes", None, len(differences) - _NAMED))
    return found


def _stale(latest: Latest | None) -> errors.Stale:
    if latest is None:
        return errors.Stale("This catalogue was published by another process. Nothing was changed.")
    message = (
        f"Version {latest.version} of this catalogue was published and counts from {latest.effective_from}. "
        f"Nothing was changed; read it with ?version={latest.version} and repeat."
    )
    return errors.Stale(message, version=latest.version)
