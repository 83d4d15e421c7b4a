"""Many libraries over HTTP."""

from litestar import Response, post

from nanopore_tracking.contracts.api.sample.library_rows import (
    LibrariesAhead,
    LibrariesStep,
    LibrariesStepped,
    LibraryGrid,
    LibraryGridAnswer,
)
from nanopore_tracking.kernel.http import Ask, answer, call_of, may, runtime_of, write
from nanopore_tracking.services.sample.library_rows import commands


def _may_override(request: Ask) -> bool:
    return may(request, "samples.override")


@post("/api/libraries/transitions/preview", policy="samples.move", status_code=200)
async def preview_transitions(request: Ask, data: LibrariesAhead) -> Response[LibrariesStepped]:
    """Tell which of the libraries would be set to another state, which not and why; nothing is changed."""
    db, call = runtime_of(request).db, call_of(request)
    return answer(await commands.ahead(db, data, call=call, may_override=_may_override(request)))


@post("/api/libraries/transitions", policy="samples.move", status_code=200)
async def move_libraries(request: Ask, data: LibrariesStep) -> Response[LibrariesStepped]:
    """Set up to 200 libraries to another state, each through its own gate; what is refused says why and stays."""
    may_override = _may_override(request)
    return await write(request, lambda tx: commands.move(tx, data, may_override=may_override))


@post("/api/libraries/measurements/check", policy="measurements.write", status_code=200)
async def check_measurements(request: Ask, data: LibraryGrid) -> Response[LibraryGridAnswer]:
    """Tell what is wrong with each cell of a grid of libraries; nothing is recorded."""
    return answer(await commands.check(runtime_of(request).db, data, scope=call_of(request).scope))


@post("/api/libraries/measurements", policy="measurements.write", status_code=200)
async def record_measurements(request: Ask, data: LibraryGrid) -> Response[LibraryGridAnswer]:
    """Record the rows of a grid that are right; the others answer what is wrong with each cell and stay as they are."""
    return await write(request, lambda tx: commands.record(tx, data))


ROUTES = [preview_transitions, move_libraries, check_measurements, record_measurements]
