"""What goes into a pool, computed over HTTP; nothing is changed by it. {said} is the id or the code of a pool."""

from typing import Annotated

from litestar import Response, get, post
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.pools import Equimolar, Factors, Repooling
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import Ask, answer, call_of, runtime_of
from nanopore_tracking.services.sample.dosing import model
from nanopore_tracking.services.sample.pooling import model as pooling
from nanopore_tracking.services.sample.pools import store as pool_store

Said = Annotated[str, Meta(max_length=40, description="The id or the code (P26-000123) of a pool.")]
Amount = Annotated[float, Meta(gt=0, le=1_000_000, description="The amount of the whole pool, in fmol.")]
Volume = Annotated[float, Meta(gt=0, le=100_000, description="The volume of the whole pool.")]
Least = Annotated[float, Meta(gt=0, le=1000, description="The least that can be pipetted.")]


@get("/api/pools/{said:str}/equimolar", policy="samples.move")
async def compute_equimolar(
    request: Ask, said: Said, target_fmol: Amount, target_volume_ul: Volume | None = None, least_ul: Least = 1.0
) -> Response[Equimolar]:
    """Compute how much of each library goes into a pool, and what cannot be reached; nothing is changed."""
    db, scope = runtime_of(request).db, call_of(request).scope
    pool = await pool_store.read_pool(db, await pool_store.find_pool(db, scope, said))
    found = pooling.equimolar(
        model.stocks(pool), target_fmol=target_fmol, target_volume_ul=target_volume_ul, least_ul=least_ul
    )
    return answer(found, version=pool.version)


@post("/api/pools/{said:str}/repooling", policy="samples.move", status_code=200)
async def compute_repooling(request: Ask, said: Said, data: Repooling) -> Response[Factors]:
    """Compute from the yields of a pool's libraries how they are pooled again; nothing is changed."""
    db, scope = runtime_of(request).db, call_of(request).scope
    pool = await pool_store.read_pool(db, await pool_store.find_pool(db, scope, said))
    return answer(pooling.again(model.yielded(pool, data.yields), most=data.most), version=pool.version)


@get("/api/pools/{said:str}/pipetting.csv", policy="samples.read", media_type="text/csv")
async def pipetting_list(request: Ask, said: Said) -> Response[bytes]:
    """Hand out the pipetting list for a liquid handler: source, destination and volume of each step."""
    db, call = runtime_of(request).db, call_of(request)
    pool_id = await pool_store.find_pool(db, call.scope, said)
    pool = await pool_store.read_pool(db, pool_id)
    if call.scope is not None and any(item.library.lab_id not in call.scope for item in pool.components):
        raise errors.Forbidden("The pool holds libraries of other labs; its pipetting list is for the facility.")
    text = pooling.as_csv(pooling.pipetting(pool.code, model.parts(pool), buffer_ul=pool.buffer_ul))
    headers = {"Content-Disposition": f'attachment; filename="{pool.code}_pipetting.csv"'}
    return Response(text.encode(), media_type="text/csv", headers=headers)


ROUTES = [compute_equimolar, compute_repooling, pipetting_list]
