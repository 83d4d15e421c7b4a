"""Sheets of basecallings over HTTP."""

from litestar import Response, post

from nanopore_tracking.contracts.api.sample.basecallings import (
    BasecallingCheck,
    BasecallingSheet,
    BasecallingTemplate,
)
from nanopore_tracking.contracts.api.sample.bulk import BulkJob
from nanopore_tracking.kernel import sheets
from nanopore_tracking.kernel.http import Ask, answer, call_of, runtime_of, write
from nanopore_tracking.services.sample.basecallings import commands
from nanopore_tracking.services.sample.bulk import model as bulk


@post("/api/samples/basecallings/template", policy="samples.write", status_code=200, media_type=sheets.CSV)
async def download_template(request: Ask, data: BasecallingTemplate) -> Response[bytes]:
    """Download a sheet to fill in as CSV, with the codes of the selected samples and their barcodes."""
    text = await commands.template(runtime_of(request).db, data.selection, scope=call_of(request).scope)
    headers = {"Content-Disposition": 'attachment; filename="basecallings.csv"'}
    return Response(text.encode(), media_type=sheets.CSV, headers=headers)


@post("/api/samples/basecallings/check", policy="samples.write", status_code=200)
async def check_basecallings(request: Ask, data: BasecallingSheet) -> Response[BasecallingCheck]:
    """Tell what is wrong with each cell of a sheet, or else what would become of each sample; nothing is changed."""
    return answer(await commands.check(runtime_of(request).db, data, call=call_of(request)))


@post("/api/samples/basecallings", policy="samples.write", status_code=202)
async def begin_basecallings(request: Ask, data: BasecallingSheet) -> Response[BulkJob]:
    """Record what a sheet says of each sample, each by itself, as one job; nothing where any cell is wrong."""
    response = await write(request, lambda tx: commands.begin(tx, data), status=202)
    runtime_of(request).wake(bulk.JOB)
    return response


ROUTES = [download_template, check_basecallings, begin_basecallings]
