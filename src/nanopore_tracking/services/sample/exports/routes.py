"""Exports over HTTP."""

from litestar import post
from litestar.response import Stream

from nanopore_tracking.contracts.api.sample.exports import NewExport
from nanopore_tracking.kernel import sheets
from nanopore_tracking.kernel.http import Ask, call_of, runtime_of
from nanopore_tracking.services.sample.exports import commands, model, store


@post("/api/samples/exports", policy="samples.read", status_code=200)
async def export_samples(request: Ask, data: NewExport) -> Stream:
    """Send the selected samples as a file, streamed, in the order of their codes; that it was made is recorded."""
    db, call = runtime_of(request).db, call_of(request)
    async with db.transaction(call) as tx:
        ids = await commands.make_export(tx, data)
    pages = store.pages(db, call.scope, ids)
    if data.format == "csv":
        body, media_type = sheets.csv_stream(model.COLUMNS, pages), sheets.CSV
    else:
        body, media_type = sheets.xlsx_stream("Samples", model.COLUMNS, pages), sheets.XLSX
    name = f"samples-{call.at:%Y%m%d-%H%M}.{data.format}"
    return Stream(body, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


ROUTES = [export_samples]
