"""Asks MinKNOW, over TLS and with the certificate of a client; only calls that change nothing there."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import minknow_api
from minknow_api import (
    acquisition_pb2,
    acquisition_pb2_grpc,
    device_pb2,
    device_pb2_grpc,
    manager_pb2,
    manager_pb2_grpc,
    protocol_pb2,
    protocol_pb2_grpc,
    statistics_pb2,
    statistics_pb2_grpc,
)

from nanopore_tracking_agent import readings
from nanopore_tracking_agent.readings import CHUNK, Counts, Span

PORT = 9501
_CHAIN, _KEY, _CA = "MINKNOW_API_CLIENT_CERTIFICATE_CHAIN", "MINKNOW_API_CLIENT_KEY", "MINKNOW_TRUSTED_CA"
_TIMEOUT_S = 10.0
_STEP_S = 60


class Unreachable(Exception):
    """MinKNOW does not answer, or does not let this client in; the text says what to do."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A position of an instrument as the manager lists it; port: None where its software does not run."""

    name: str
    state: str
    port: int | None


def known_version() -> str:
    """Return the version of the library, whose first two parts are those of the MinKNOW Core that it speaks to."""
    return str(minknow_api.__version__)


class Host:
    """One computer on which MinKNOW runs."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._channels: dict[int, Any] = {}
        self._credentials: Any = None
        self._trusted = False  # an answer came since the connections were opened: both know each other's certificates

    @property
    def name(self) -> str:
        """How it is told: without the port that MinKNOW has everywhere."""
        return self._host if self._port == PORT else f"{self._host}:{self._port}"

    def close(self) -> None:
        """Close all connections; the next question opens them again, with the certificates as they are then."""
        for channel in self._channels.values():
            channel.close()
        self._channels.clear()
        self._credentials = None
        self._trusted = False

    def core_version(self) -> str:
        """Return the version of MinKNOW Core; Unreachable."""
        stub = manager_pb2_grpc.ManagerServiceStub(self._channel(self._port))
        with self._asked():
            answer = stub.get_version_info(manager_pb2.GetVersionInfoRequest(), timeout=_TIMEOUT_S)
        return str(answer.minknow.full)

    def places(self) -> list[Place]:
        """Return all positions; Unreachable."""
        stub = manager_pb2_grpc.ManagerServiceStub(self._channel(self._port))
        request = manager_pb2.FlowCellPositionsRequest()
        with self._asked():
            pages = list(stub.flow_cell_positions(request, timeout=_TIMEOUT_S))
        state = manager_pb2.FlowCellPosition.State
        return [
            Place(
                name=each.name,
                state=state.Name(each.state).removeprefix("STATE_").lower(),
                port=each.rpc_ports.secure if each.HasField("rpc_ports") else None,
            )
            for page in pages
            for each in page.positions
        ]

    def position(self, port: int) -> "Position":
        """Return a position, to be asked."""
        return Position(self._channel(port), self._asked)

    def _channel(self, port: int) -> Any:
        if port not in self._channels:
            if self._credentials is None:
                self._credentials = _credentials(self._host, self._port)
            target, options = f"{self._host}:{port}", minknow_api.GRPC_CHANNEL_OPTIONS
            self._channels[port] = grpc.secure_channel(target, self._credentials, options=options)
        return self._channels[port]

    @contextlib.contextmanager
    def _asked(self) -> Iterator[None]:
        try:
            yield
        except grpc.RpcError as failure:
            # An end that dies in the middle of an answer closes the socket, as one does that refuses a certificate.
            told = _told(f"{self._host}:{self._port}", failure, trusted=self._trusted)
            self.close()
            raise Unreachable(told) from failure
        self._trusted = True


def _credentials(host: str, port: int) -> Any:
    for name in (_CHAIN, _KEY, _CA):
        path = os.environ.get(name)
        if path is not None and not os.access(path, os.R_OK):
            raise Unreachable(f"{name} names {Path(path).name}, which cannot be read. Nothing was read from MinKNOW.")
    if (_CHAIN in os.environ) != (_KEY in os.environ):
        raise Unreachable(f"Give {_CHAIN} and {_KEY} together. Nothing was read from MinKNOW.")
    try:
        return minknow_api.load_grpc_credentials(manager_port=port, host=host)
    except Exception as failure:
        raise Unreachable(f"There is no certificate of MinKNOW here ({failure}). Name it by {_CA}.") from failure


def _told(place: str, failure: Any, *, trusted: bool) -> str:
    code, details = failure.code(), " ".join(str(failure.details() or "").split())
    if code in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED):
        return (
            f"MinKNOW at {place} does not let this client in. Is its certificate among MinKNOW's client certificates?"
        )
    words = ("handshake", "certificate", "ssl", "tls", "socket closed")
    if not trusted and any(word in details.lower() for word in words):
        return (
            f"MinKNOW at {place} and this agent do not trust each other's certificates. Look at {_CA}, {_CHAIN} and "
            f"{_KEY}, and at MinKNOW's client certificates."
        )
    if code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
        return (
            f"MinKNOW at {place} does not answer. Nothing is lost: it keeps its statistics, and they are asked again."
        )
    return f"MinKNOW at {place} answered {code.name}: {details[:200]}"


class Position:
    """One position: its flow cell, its protocol runs, the statistics of an acquisition."""

    def __init__(self, channel: Any, asked: Any) -> None:
        self._asked = asked
        self._device = device_pb2_grpc.DeviceServiceStub(channel)
        self._protocol = protocol_pb2_grpc.ProtocolServiceStub(channel)
        self._acquisition = acquisition_pb2_grpc.AcquisitionServiceStub(channel)
        self._statistics = statistics_pb2_grpc.StatisticsServiceStub(channel)

    def flow_cell(self) -> Any:
        """Return what MinKNOW says of the flow cell (GetFlowCellInfoResponse)."""
        with self._asked():
            return self._device.get_flow_cell_info(device_pb2.GetFlowCellInfoRequest(), timeout=_TIMEOUT_S)

    def last_runs(self, many: int) -> list[Any]:
        """Return the last protocol runs (ProtocolRunInfo), the latest last."""
        with self._asked():
            listed = self._protocol.list_protocol_runs(protocol_pb2.ListProtocolRunsRequest(), timeout=_TIMEOUT_S)
            asked = [protocol_pb2.GetRunInfoRequest(run_id=each) for each in list(listed.run_ids)[-many:]]
            return [self._protocol.get_run_info(each, timeout=_TIMEOUT_S) for each in asked]

    def acquisition(self, run_id: str) -> Any:
        """Return what MinKNOW says of an acquisition (AcquisitionRunInfo)."""
        with self._asked():
            asked = acquisition_pb2.GetAcquisitionRunInfoRequest(run_id=run_id)
            return self._acquisition.get_acquisition_info(asked, timeout=_TIMEOUT_S)

    def span(self, run_id: str, *, after: int) -> Span:
        """Return what MinKNOW says of the minutes after one, at most CHUNK of them."""
        selection = statistics_pb2.DataSelection(
            start=max(0, after * _STEP_S), step=_STEP_S, end=(after + CHUNK) * _STEP_S
        )
        split = statistics_pb2.AcquisitionOutputSplit(barcode_name=True)
        asked = statistics_pb2.StreamAcquisitionOutputRequest
        whole = self._first(
            self._statistics.stream_acquisition_output,
            asked(acquisition_run_id=run_id, data_selection=selection),
        )
        parts = self._first(
            self._statistics.stream_acquisition_output,
            asked(acquisition_run_id=run_id, data_selection=selection, split=split),
        )
        duty = self._first(
            self._statistics.stream_duty_time,
            statistics_pb2.StreamDutyTimeRequest(acquisition_run_id=run_id, data_selection=selection),
        )
        return Span(
            whole=[pair for each in whole.snapshots for pair in _snapshots(each)] if whole else [],
            barcodes={_barcode(each): _snapshots(each) for each in (parts.snapshots if parts else [])},
            pores=readings.shares(
                {state: list(data.state_times) for state, data in duty.channel_states.items()},
                [bucket.start for bucket in duty.bucket_ranges],
            )
            if duty
            else {},
        )

    def lengths(self, run_id: str) -> tuple[int | None, list[tuple[int, int]]]:
        """Return the N50 and the bases by read length, as pairs of a length and the bases from there on."""
        asked = statistics_pb2.StreamReadLengthHistogramRequest(
            acquisition_run_id=run_id,
            read_length_type=statistics_pb2.BasecalledBases,
            bucket_value_type=statistics_pb2.ReadLengths,
        )
        found = self._first(self._statistics.stream_read_length_histogram, asked)
        data = found.histogram_data[0] if found and found.histogram_data else None
        if data is None:
            return None, []
        pairs = zip(found.bucket_ranges, data.bucket_values, strict=False)
        return round(data.n50) or None, readings.coarser([(bucket.start, value) for bucket, value in pairs if value])

    def qualities(self, run_id: str) -> list[tuple[float, int]]:
        """Return the bases by quality, as pairs of a Q score and the bases from there on."""
        asked = statistics_pb2.StreamQScoreHistogramRequest(
            acquisition_run_id=run_id,
            bucket_value_type=statistics_pb2.QScore_BasecalledBases,
        )
        found = self._first(self._statistics.stream_q_score_histogram, asked)
        data = found.histogram_data[0] if found and found.histogram_data else None
        pairs = zip(found.bucket_ranges, data.bucket_values, strict=False) if data else []
        return readings.coarser([(round(bucket.start, 2), value) for bucket, value in pairs if value])

    def _first(self, method: Any, request: Any) -> Any:
        """Return the first answer of a stream, which has all that is known; None where there is nothing of it.

        Later answers are updates as the run goes on; those are asked for again at the next look instead, so that a
        connection that hangs costs one look.
        """
        with self._asked():
            stream = method(request, timeout=_TIMEOUT_S)
            try:
                return next(stream, None)
            except grpc.RpcError as failure:
                # A run that was not basecalled has no such statistics, and one that was cleared has none any more.
                if failure.code() in (grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.INVALID_ARGUMENT):
                    return None
                raise
            finally:
                stream.cancel()


def _snapshots(found: Any) -> list[tuple[int, Counts]]:
    return [(each.seconds, Counts.of(each.yield_summary)) for each in found.snapshots]


def _barcode(found: Any) -> readings.Barcode:
    key = found.filtering[0] if found.filtering else None
    return (key.barcode_name, key.barcode_alias) if key else ("", "")


def moment(stamp: Any) -> str | None:
    """Return a protobuf timestamp as ISO 8601; None where it is not set."""
    if not stamp.seconds:
        return None
    return datetime.fromtimestamp(stamp.seconds + stamp.nanos / 1e9, UTC).isoformat()
