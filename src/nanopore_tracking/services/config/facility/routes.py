"""Facility settings over HTTP."""

from litestar import Response, get, put

from nanopore_tracking.contracts.api.config import NewSettingValue, Setting
from nanopore_tracking.contracts.api.config.facility import SettingName
from nanopore_tracking.kernel.http import After, Ask, Limit, Paged, answer, match_of, runtime_of, write
from nanopore_tracking.services.config.facility import commands, store


@get("/api/settings", policy="settings.read")
async def list_settings(request: Ask, after: After | None = None, limit: Limit = 50) -> Response[Paged[Setting]]:
    """List the facility settings with their values, by name."""
    found = [each for each in await store.all_settings(runtime_of(request).db) if each.name > (after or "")]
    return answer(Paged(items=found[:limit], next=found[limit - 1].name if len(found) > limit else None))


@put("/api/settings/{name:str}", policy="settings.write", match=True)
async def set_value(request: Ask, name: SettingName, data: NewSettingValue) -> Response[Setting]:
    """Give a setting another value; earlier values are kept."""
    seen = match_of(request)
    return await write(request, lambda tx: commands.set_value(tx, name, data, seen=seen))


ROUTES = [list_settings, set_value]
