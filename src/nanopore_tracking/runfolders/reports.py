"""The report of a run that MinKNOW writes as JSON (minknow_api.report_data.ReportData as proto3 JSON)."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from nanopore_tracking.runfolders.figures import Count, Name, Unreadable

#: Reports have up to 65 MB; a file that is much larger is something else.
_LARGEST = 256 << 20


class ReportedBarcode(Struct, frozen=True, kw_only=True):
    """A barcode as the user of MinKNOW named it; kind: `test_sample` where the report leaves it out."""

    barcode: str
    alias: str = ""
    kind: str = "test_sample"


class ReportFigures(Struct, frozen=True, kw_only=True):
    """What a report says of a run; texts are empty and numbers None where it does not say them.

    acquisition_run_id: of the last acquisition, which is the sequencing; first_pores: single pores of its first scan.
    """

    instrument: str = ""
    protocol_run_id: str = ""
    acquisition_run_id: str = ""
    experiment_id: str = ""
    sample_id: str = ""
    flow_cell_id: str = ""
    product_code: str = ""
    kit: str = ""
    protocol: str = ""
    state: str = ""
    stop_reason: str = ""
    model: Name = ""
    minknow_version: str = ""
    min_q: Annotated[float, Meta(ge=0, le=100)] | None = None
    reads: Count | None = None
    pass_reads: Count | None = None
    pass_bases: Count | None = None
    fail_reads: Count | None = None
    fail_bases: Count | None = None
    checked_pores: Count | None = None
    first_pores: Count | None = None
    barcodes: list[ReportedBarcode] = []


def read(path: Path) -> ReportFigures:
    """Return what a report says; Unreadable where the file is none."""
    whole = _whole_report(path)
    acquisitions = whole.get("acquisitions")
    runs = [each for each in acquisitions if isinstance(each, dict)] if isinstance(acquisitions, list) else []
    protocol, user, cell = (_at(whole, *path) for path in _PLACES)
    last = _at(runs[-1], "acquisition_run_info") if runs else {}
    yields = _at(last, "yield_summary")
    scans = _at(last, "bream_info").get("mux_scan_results")
    counts = _at(scans[0], "counts") if isinstance(scans, list) and scans and isinstance(scans[0], dict) else {}
    config = _at(last, "config_summary")
    return ReportFigures(
        instrument=_text(_at(whole, "host").get("serial")),
        protocol_run_id=_text(protocol.get("run_id")),
        acquisition_run_id=_text(last.get("run_id")),
        experiment_id=_text(user.get("protocol_group_id")),
        sample_id=_text(user.get("sample_id")),
        flow_cell_id=_text(cell.get("flow_cell_id") or cell.get("user_specified_flow_cell_id")),
        product_code=_text(cell.get("product_code") or cell.get("user_specified_product_code")),
        kit=_text(_at(user, "kit_info").get("sequencing_kit")),
        protocol=_text(protocol.get("protocol_id")),
        state=_text(protocol.get("state")),
        stop_reason=_text(last.get("stop_reason")),
        model=_model(config, protocol),
        minknow_version=_text(_at(protocol, "software_versions", "minknow").get("full")),
        min_q=_minimum(protocol),
        reads=_whole(yields.get("read_count")),
        pass_reads=_whole(yields.get("basecalled_pass_read_count")),
        pass_bases=_whole(yields.get("basecalled_pass_bases")),
        fail_reads=_whole(yields.get("basecalled_fail_read_count")),
        fail_bases=_whole(yields.get("basecalled_fail_bases")),
        checked_pores=_whole(_at(protocol, "pqc_result").get("total_pore_count")),
        first_pores=_whole(counts.get("single_pore")),
        barcodes=_barcodes(user.get("barcode_user_info")),
    )


def _whole_report(path: Path) -> dict[str, Any]:
    if path.stat().st_size > _LARGEST:
        raise Unreadable("The report has more than 256 MB, which no report of a run has.")
    try:
        whole = msgspec.json.decode(path.read_bytes())
    except msgspec.DecodeError:
        raise Unreadable("The report is no whole JSON: it is damaged, or still being written.") from None
    if not isinstance(whole, dict) or not {"protocol_run_info", "acquisitions"} & set(whole):
        raise Unreadable("The file is JSON, but no report of MinKNOW.")
    return whole


_PLACES = (("protocol_run_info",), ("protocol_run_info", "user_info"), ("protocol_run_info", "flow_cell"))


def _at(found: Any, *names: str) -> dict[str, Any]:
    """Return the object at a place, empty where there is none: proto3 JSON leaves out what has its default."""
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str:
    """Return a text; a wrapped one (google.protobuf.StringValue) may be an object."""
    if isinstance(value, dict):
        value = value.get("value")
    return value if isinstance(value, str) else ""


def _whole(value: Any) -> int | None:
    """Return a whole number; 64-bit ones are texts in proto3 JSON."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else None


def _model(config: dict[str, Any], protocol: dict[str, Any]) -> str:
    named = _text(config.get("basecalling_model_name") or config.get("basecalling_config_filename"))
    return named or _argument(protocol, "simplex_model=", "model=")


def _minimum(protocol: dict[str, Any]) -> float | None:
    said = _argument(protocol, "min_qscore=")
    try:
        return float(said)
    except ValueError:
        return None


def _argument(protocol: dict[str, Any], *beginnings: str) -> str:
    """Return what an argument of the protocol says, such as `min_qscore=9`, wherever it stands in it."""
    for argument in protocol.get("args") or []:
        for beginning in beginnings:
            if isinstance(argument, str) and beginning in argument:
                return argument.partition(beginning)[2].split(",")[0].strip("\"' ")
    return ""


def _barcodes(said: Any) -> list[ReportedBarcode]:
    return [
        ReportedBarcode(
            barcode=_text(each.get("barcode_name")),
            alias=_text(each.get("alias")),
            kind=_text(each.get("type")) or "test_sample",
        )
        for each in (said if isinstance(said, list) else [])
        if isinstance(each, dict)
    ]
