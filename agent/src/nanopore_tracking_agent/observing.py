"""Makes of what MinKNOW says what the product is told: a host, its positions, and the runs on them."""

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from minknow_api import acquisition_pb2, protocol_pb2

from nanopore_tracking_agent import __version__, minknow, readings
from nanopore_tracking_agent.minknow import Host, Place, Position, Unreachable, moment

#: Protocol runs of a position that are looked at; those that ended and are known to the end are not told again.
_RUNS = 3
_GOOD = "single_pore"
_CHECKS = ("platform_qc", "hardware_check", "ctc_script")
_LONG_AGO_S = 7 * 86_400


@dataclass
class Known:
    """What the product has of each acquisition: the last minute; and which ones are not to be looked at any more."""

    minutes: dict[str, int] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)


def telling(host: Host, known: Known) -> dict[str, Any]:
    """Return all that is to be told of a host now; where it does not answer, that."""
    told: dict[str, Any] = {
        "agent": socket.gethostname(),
        "agent_version": __version__,
        "host": host.name,
        "core_version": "",
        "reached": False,
        "sentence": "",
        "positions": [],
    }
    try:
        told["core_version"] = core = host.core_version()
        mine = minknow.known_version()
        if readings.series(core) != readings.series(mine):
            told["sentence"] = (
                f"MinKNOW Core {core} is there, and this agent speaks to {readings.series(mine)}. Nothing is read from "
                f"it, as its numbers may mean something else; install an agent with minknow-api "
                f"{readings.series(core)}."
            )
            return told
        told["positions"] = [_position(host, place, known) for place in host.places()]
        told["reached"] = True
    except Unreachable as failure:
        told["sentence"] = str(failure)[:500]
    return told


def _position(host: Host, place: Place, known: Known) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": place.name,
        "state": place.state,
        "sentence": "",
        "flow_cell_id": "",
        "product_code": "",
        "runs": [],
    }
    if place.port is None:
        return told
    try:
        return told | _asked(host.position(place.port), place, known)
    except Unreachable as failure:
        # The software of one position may be down while the others sequence.
        return told | {"state": "unreachable", "sentence": str(failure)[:500]}


def _asked(position: Position, place: Place, known: Known) -> dict[str, Any]:
    told: dict[str, Any] = {"runs": list(_runs(position, place, known))}
    cell = position.flow_cell()
    if cell.has_flow_cell:
        told["flow_cell_id"] = cell.user_specified_flow_cell_id or cell.flow_cell_id
        told["product_code"] = cell.user_specified_product_code or cell.product_code
    return told


def _runs(position: Position, place: Place, known: Known) -> Iterator[dict[str, Any]]:
    for info in position.last_runs(_RUNS):
        run_ids = list(info.acquisition_run_ids)
        if not run_ids or run_ids[-1] in known.over or _passed_over(info):
            continue
        for acquisition in _sequencing(position, run_ids, known):
            yield _run(position, place, info, acquisition=acquisition, known=known)


def _passed_over(info: Any) -> bool:
    """Whether a protocol run is none that the laboratory planned: a check of the device, or one of long ago."""
    if any(word in info.protocol_id.lower() for word in _CHECKS):
        return True
    ended = info.end_time.seconds
    return bool(ended) and time.time() - ended > _LONG_AGO_S


def _sequencing(position: Position, run_ids: list[str], known: Known) -> Iterator[Any]:
    """Yield the acquisitions of a protocol run that sequence; the last one does, unless it is said to calibrate.

    One before it counts only where MinKNOW says that it was for sequencing, as after a start anew within the protocol.
    """
    for run_id in run_ids:
        if run_id in known.over:
            continue
        found = position.acquisition(run_id)
        purpose = found.config_summary.purpose
        last = run_id == run_ids[-1]
        if purpose == acquisition_pb2.SEQUENCING or (last and purpose != acquisition_pb2.CALIBRATION):
            yield found
        elif not last:
            known.over.add(run_id)


def _run(position: Position, place: Place, info: Any, *, acquisition: Any, known: Known) -> dict[str, Any]:
    run_id = acquisition.run_id
    told = _ids(place, info) | _standing(info, acquisition, last=run_id == list(info.acquisition_run_ids)[-1])
    told |= {
        "acquisition_run_id": run_id,
        "model": acquisition.config_summary.basecalling_model_names.simplex_model
        or acquisition.config_summary.basecalling_config_filename,
        "scans": _scans(acquisition),
        "n50_bases": None,
        "lengths": [],
        "qualities": [],
        "ticks": [],
    }
    if run_id in known.minutes:
        after = known.minutes[run_id]
        told["ticks"] = readings.ticks(position.span(run_id, after=after), after=after)
        told["n50_bases"], told["lengths"] = position.lengths(run_id)
        told["qualities"] = position.qualities(run_id)
    return told


def _standing(info: Any, acquisition: Any, *, last: bool) -> dict[str, Any]:
    """Return state and times: of the last acquisition as the protocol is, of one before it as it ended itself."""
    states, reasons = acquisition_pb2.AcquisitionState, acquisition_pb2.AcquisitionStopReason
    reason = reasons.Name(acquisition.stop_reason).removeprefix("STOPPED_").lower().removesuffix("not_set")
    if last:
        state = protocol_pb2.ProtocolState.Name(info.state).removeprefix("PROTOCOL_").lower()
        phase = protocol_pb2.ProtocolPhase.Name(info.phase).removeprefix("PHASE_").lower()
    else:
        state, phase = states.Name(acquisition.state).lower(), ""
    return {
        "state": state,
        "phase": phase,
        "stop_reason": reason,
        "started_at": moment(acquisition.start_time) or moment(info.start_time),
        "ended_at": moment(info.end_time if last else acquisition.end_time),
    }


def _ids(place: Place, info: Any) -> dict[str, Any]:
    user = info.user_info
    return {
        "protocol_run_id": info.run_id,
        "experiment_id": user.protocol_group_id.value,
        "sample_id": user.sample_id.value,
        "flow_cell_id": user.user_specified_flow_cell_id.value or info.flow_cell.flow_cell_id,
        "position": place.name,
        "kit": user.kit_info.sequencing_kit,
        "output_path": info.output_path or info.run_id,
    }


def _scans(acquisition: Any) -> list[dict[str, Any]]:
    """Return the mux scans: the minute of the acquisition, and how many pores could be used."""
    start = acquisition.start_time.seconds
    return [
        {"minute": max(0, (each.mux_scan_timestamp - start) // 60), "pores": dict(each.counts)[_GOOD]}
        for each in acquisition.bream_info.mux_scan_results
        if _GOOD in each.counts
    ]
