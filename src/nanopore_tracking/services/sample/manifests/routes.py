"""The template of a manifest over HTTP."""

from litestar import Response, get

from nanopore_tracking.services.sample.manifests import model

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get("/api/submissions/template.csv", policy="signed-in", media_type=CSV)
async def download_csv() -> Response[bytes]:
    """Download the template of a manifest as CSV: headings, and one row that is an example."""
    return _file(model.template_csv(), CSV, "sample-manifest.csv")


@get("/api/submissions/template.xlsx", policy="signed-in", media_type=XLSX)
async def download_xlsx() -> Response[bytes]:
    """Download the template of a manifest as a workbook: a sheet to fill in and a sheet of notes."""
    return _file(model.template_xlsx(), XLSX, "sample-manifest.xlsx")


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


ROUTES = [download_csv, download_xlsx]
