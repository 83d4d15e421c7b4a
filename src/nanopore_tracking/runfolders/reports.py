"""The report of a run that MinKNOW writes as JSON (minknow_api.report_data.ReportData as proto3 JSON)."""

import json
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from nanopore_tracking.runfolders import texts
from nanopore_tracking.runfolders.figures import Count, Name, Unreadable

#: Reports have up to 65 MB; a file that is much larger is something else.
_LARGEST = 256 << 20
_MOST_IDS, _LONGEST, _MOST = 100, 200, 10**15


class ReportedBarcode(Struct, frozen=True, kw_only=True):
    """A barcode as the user of MinKNOW named it; kind: `test_sample` where the report leaves it out."""

    barcode: str
    alias: str = ""
    kind: str = "test_sample"


class ReportedAcquisition(Struct, frozen=True, kw_only=True):
    """What a report says of one of several acquisitions that sequenced; as in ReportFigures."""

    run_id: Name
    stop_reason: str = ""
    model: Name = ""
    reads: Count | None = None
    pass_reads: Count | None = None
    pass_bases: Count | None = None
    fail_reads: Count | None = None
    fail_bases: Count | None = None
    first_pores: Count | None = None


class ReportFigures(Struct, frozen=True, kw_only=True):
    """What a report says of a run; texts are empty and numbers None where it does not say them.

    acquisition_run_id: of the last acquisition that sequenced; acquisition_run_ids: of all of them, checks too;
    first_pores: single pores of the first scan of the last one. Stop reason, model, reads, bases and first_pores are
    those of acquisition_run_id; sequenced: the same of each acquisition that sequenced, where there are several.
    """

    instrument: str = ""
    protocol_run_id: str = ""
    acquisition_run_id: str = ""
    acquisition_run_ids: Annotated[list[Name], Meta(max_length=100)] = []
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
    sequenced: Annotated[list[ReportedAcquisition], Meta(max_length=100)] = []


def read(path: Path) -> ReportFigures:
    """Return what a report says; Unreadable where the file is none."""
    whole = _whole_report(path)
    acquisitions = whole.get("acquisitions")
    runs = [each for each in acquisitions if isinstance(each, dict)] if isinstance(acquisitions, list) else []
    protocol, user, cell = (_at(whole, *path) for path in _PLACES)
    told = [_told(each, protocol) for each in _sequencing([_at(each, "acquisition_run_info") for each in runs])]
    figures = ReportFigures(
        instrument=_text(_at(whole, "host").get("serial")),
        protocol_run_id=_text(protocol.get("run_id")),
        acquisition_run_ids=_names(runs),
        experiment_id=_text(user.get("protocol_group_id")),
        sample_id=_text(user.get("sample_id")),
        flow_cell_id=_cell(cell, user, "flow_cell_id"),
        product_code=_cell(cell, user, "product_code"),
        kit=_text(_at(user, "kit_info").get("sequencing_kit")),
        protocol=_text(protocol.get("protocol_id")),
        state=_text(protocol.get("state")),
        minknow_version=_text(_at(protocol, "software_versions", "minknow").get("full")),
        min_q=_minimum(protocol),
        checked_pores=_whole(_at(protocol, "pqc_result").get("total_pore_count")),
        barcodes=_barcodes(user.get("barcode_user_info")),
        sequenced=told[-_MOST_IDS:] if len(told) > 1 else [],
    )
    return _as(figures, told[-1])


def of(report: ReportFigures, acquisition_run_id: str) -> ReportFigures:
    """Return what a report says of one acquisition of several; as it is where it names only one, or not that one."""
    found = next((each for each in report.sequenced if each.run_id == acquisition_run_id), None)
    return report if found is None else _as(report, found)


def _as(report: ReportFigures, told: ReportedAcquisition) -> ReportFigures:
    said = msgspec.structs.asdict(told)
    return msgspec.structs.replace(report, acquisition_run_id=said.pop("run_id"), **said)


def _told(run: dict[str, Any], protocol: dict[str, Any]) -> ReportedAcquisition:
    yields = _at(run, "yield_summary")
    scans = _at(run, "bream_info").get("mux_scan_results")
    counts = _at(scans[0], "counts") if isinstance(scans, list) and scans and isinstance(scans[0], dict) else {}
    return ReportedAcquisition(
        run_id=_text(run.get("run_id")),
        stop_reason=_text(run.get("stop_reason")),
        model=_model(_at(run, "config_summary"), protocol),
        reads=_whole(yields.get("read_count")),
        pass_reads=_whole(yields.get("basecalled_pass_read_count")),
        pass_bases=_whole(yields.get("basecalled_pass_bases")),
        fail_reads=_whole(yields.get("basecalled_fail_read_count")),
        fail_bases=_whole(yields.get("basecalled_fail_bases")),
        first_pores=_whole(counts.get("single_pore")),
    )


def read_text(path: Path) -> ReportFigures:
    """Return what the report as text (report.md, MinKNOW 19 to 22) says of a run; Unreadable where the file is none.

    It begins with the tracking id, the JSON that MinKNOW keeps in each read; tables follow, which are files as well.
    """
    text = texts.read(path, largest=_LARGEST, what="The report")
    begin = text.find("{")
    try:
        told = json.JSONDecoder().raw_decode(text, begin)[0] if begin >= 0 else None
    except json.JSONDecodeError:
        told = None
    if not isinstance(told, dict) or not {"flow_cell_id", "run_id", "protocol_run_id"} & set(told):
        raise Unreadable("The report names neither the flow cell nor the run: it has no tracking id.")
    return ReportFigures(
        instrument=_text(told.get("hostname")),
        protocol_run_id=_text(told.get("protocol_run_id")),
        acquisition_run_id=_text(told.get("run_id")),
        acquisition_run_ids=[run for run in [_text(told.get("run_id"))] if run],
        experiment_id=_text(told.get("protocol_group_id")),
        sample_id=_text(told.get("sample_id")),
        flow_cell_id=_text(told.get("flow_cell_id")),
        product_code=_text(told.get("flow_cell_product_code")),
        minknow_version=_text(told.get("distribution_version")),
    )


def _sequencing(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the acquisitions that sequenced, by their purpose; the last one of all where none says that it did."""
    of_reads = [run for run in runs if _at(run, "config_summary").get("purpose") in ("SEQUENCING", 1)]
    return of_reads or [runs[-1] if runs else {}]


def _names(runs: list[dict[str, Any]]) -> list[str]:
    """Return the ids of all acquisitions, in their order."""
    named = [_text(_at(each, "acquisition_run_info").get("run_id")) for each in runs]
    return [name for name in dict.fromkeys(named) if name][:_MOST_IDS]


def _whole_report(path: Path) -> dict[str, Any]:
    if path.stat().st_size > _LARGEST:
        raise Unreadable("The report has more than 256 MB, which no report of a run has.")
    text = texts.read(path, largest=_LARGEST, what="The report")
    try:
        whole = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
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
    return value[:_LONGEST] if isinstance(value, str) and "\0" not in value else ""


def _whole(value: Any) -> int | None:
    """Return how many there are; 64-bit numbers are texts in proto3 JSON. None where it is no such number."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST else None


def _cell(cell: dict[str, Any], user: dict[str, Any], name: str) -> str:
    """Return what a flow cell says of itself, else what a person has said of it."""
    typed = f"user_specified_{name}"
    return _text(cell.get(name)) or _text(cell.get(typed)) or _text(user.get(typed))


def _model(config: dict[str, Any], protocol: dict[str, Any]) -> str:
    """Return the model: MinKNOW 25 names it, 23 and 24 say its version, older ones the file of settings alone."""
    named = _text(_at(config, "basecalling_model_names").get("simplex_model"))
    return (
        named
        or _text(config.get("basecalling_model_version"))
        or _argument(protocol, "simplex_model=", "model=")
        or _text(config.get("basecalling_config_filename"))
        or _argument(protocol, "guppy_filename=")
    )


def _minimum(protocol: dict[str, Any]) -> float | None:
    said = _argument(protocol, "min_qscore=")
    try:
        limit = float(said)
    except ValueError:
        return None
    return limit if 0 <= limit <= 100 else None


def _argument(protocol: dict[str, Any], *beginnings: str) -> str:
    """Return what an argument of the protocol says, such as `min_qscore=9`, wherever it stands in it."""
    args = protocol.get("args")
    for argument in args if isinstance(args, list) else []:
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
