"""The one thing that can be done with facility settings: give one another value."""

from nanopore_tracking.contracts.api.config import NewSettingValue, Setting
from nanopore_tracking.contracts.events.config import SettingChanged
from nanopore_tracking.kernel import errors, postgres
from nanopore_tracking.kernel.events import Change, Subject
from nanopore_tracking.kernel.http import Written
from nanopore_tracking.kernel.postgres import Transaction
from nanopore_tracking.services.config.facility import model, store


async def set_value(tx: Transaction, name: str, asked: NewSettingValue, *, seen: int) -> Written:
    """Give a setting another value; NotFound, Invalid, or Stale when someone else was first."""
    declared = model.BY_NAME.get(name)
    if declared is None:
        raise errors.NotFound("There is no such setting.")
    before = await _setting(tx, name)
    if before.version != seen:
        raise _stale(before.version)
    value = model.checked(declared, asked.value)
    if value != before.value:
        try:
            await store.insert_value(tx, name, version=seen + 1, value=value)
        except postgres.Violation:
            raise _stale(seen + 1) from None
        event = SettingChanged(name=name, value=value, setting_version=seen + 1)
        tx.announce(event, subject=Subject("setting", name, name), changes=[Change("value", before.value, value)])
        before = await _setting(tx, name)
    return Written(item=before, version=before.version)


async def _setting(tx: Transaction, name: str) -> Setting:
    return next(setting for setting in await store.all_settings(tx) if setting.name == name)


def _stale(version: int) -> errors.Stale:
    message = "Someone changed this setting since you read it. Nothing was changed; read it again and repeat."
    return errors.Stale(message, version=version)
