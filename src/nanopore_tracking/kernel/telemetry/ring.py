"""The latest traces of one machine in files of bounded size: whatever failed or was slow, and a share of the rest."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from nanopore_tracking.kernel.telemetry.conventions import REQUEST_ID
from nanopore_tracking.kernel.telemetry.trace import Kind, Span

#: A request or an event that takes longer is kept.
SLOW_S = 0.5
#: Whether a trace is kept is not decided before nothing came of it for so long.
_QUIET_NS = 10_000_000_000
_MOST_WAITING = 50_000
_MOST_KEPT = 10_000
_SEGMENTS = 8
#: Work of its own; that a question to something else failed is told by whoever asked it, if it matters.
_ANSWERING = frozenset({"server", "consumer", "internal", "producer"})


class Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A span as it lies in the ring, one on a line of JSON. error: the type of its failure; links: ids of traces."""

    trace_id: str
    span_id: str
    parent_id: str = ""
    service: str
    name: str
    kind: Kind
    started_ns: int
    ended_ns: int
    error: str = ""
    error_text: str = ""
    links: tuple[str, ...] = ()
    attributes: dict[str, Any] = {}


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Kept).decode


class Ring:
    """Keeps the latest traces in a folder: `take` is given spans and writes those that are worth it."""

    def __init__(self, folder: Path, most_bytes: int) -> None:
        """most_bytes: what all files together may have, more or less one batch of spans."""
        self._folder = folder
        self._segment_bytes = max(1, most_bytes // _SEGMENTS)
        self._is_whole = False
        self._waiting: OrderedDict[str, list[Span]] = OrderedDict()
        self._waiting_spans = 0
        self._kept: OrderedDict[str, None] = OrderedDict()

    def take(self, spans: Sequence[Span]) -> None:
        """Write the spans of traces that are kept; the others wait for a while, as a trace may still go wrong."""
        # Even without spans: who looks for one is to find that traces are kept here.
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lines: list[bytes] = []
        newest_ns = 0
        for span in spans:
            newest_ns = max(newest_ns, span.ended_ns)
            if span.trace_id in self._kept:
                lines.append(_line(span))
            elif span.sampled or _remarkable(span):
                lines += [_line(earlier) for earlier in self._let_go(span.trace_id)]
                lines.append(_line(span))
                self._remember(span.trace_id)
            else:
                self._waiting.setdefault(span.trace_id, []).append(span)
                self._waiting.move_to_end(span.trace_id)
                self._waiting_spans += 1
        self._forget(newest_ns)
        if lines:
            self._write(b"".join(lines))

    def _let_go(self, trace_id: str) -> list[Span]:
        spans = self._waiting.pop(trace_id, [])
        self._waiting_spans -= len(spans)
        return spans

    def _remember(self, trace_id: str) -> None:
        self._kept[trace_id] = None
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    def _forget(self, now_ns: int) -> None:
        while self._waiting:
            trace_id, spans = next(iter(self._waiting.items()))
            if self._waiting_spans <= _MOST_WAITING and spans[-1].ended_ns > now_ns - _QUIET_NS:
                return
            self._let_go(trace_id)

    def _write(self, content: bytes) -> None:
        begun, self._is_whole = self._is_whole, False
        with self._segment(len(content)).open("ab") as file:
            # Whatever was half written before is a line of its own, which readers pass over.
            file.write(content if begun else b"\n" + content)
        self._is_whole = True

    def _segment(self, more_bytes: int) -> Path:
        """Return the file to write to; when the newest is full, the oldest makes room for a new one."""
        present = _segments(self._folder)
        if present and present[-1].stat().st_size + more_bytes < self._segment_bytes:
            return present[-1]
        for oldest in present[: max(0, len(present) - _SEGMENTS + 1)]:
            oldest.unlink(missing_ok=True)
        file = self._folder / f"{int(present[-1].stem) + 1 if present else 1:08}.jsonl"
        file.touch(mode=0o600)
        return file


def find(folder: Path, name: str) -> list[list[Kept]]:
    """Return the traces with that id, or those that the request with that id belongs to, the latest one first."""
    by_trace: dict[str, list[Kept]] = {}
    trace_id = name.lower()
    wanted = {trace_id} if _is_trace_id(trace_id) else {span.trace_id for span in _of_request(folder, name)}
    for trace_id in wanted:
        for span in _read(folder, trace_id):
            if span.trace_id == trace_id:
                by_trace.setdefault(trace_id, []).append(span)
    for spans in by_trace.values():
        spans.sort(key=lambda span: (span.started_ns, -span.ended_ns))
    return sorted(by_trace.values(), key=lambda spans: spans[0].started_ns, reverse=True)


def _is_trace_id(name: str) -> bool:
    return len(name) == 32 and not name.strip("0123456789abcdef")


def _of_request(folder: Path, request_id: str) -> Iterator[Kept]:
    return (span for span in _read(folder, request_id) if span.attributes.get(REQUEST_ID) == request_id)


def _read(folder: Path, text: str) -> Iterator[Kept]:
    """Yield the spans in whose line the text is; lines that are torn or being written are passed over."""
    for file in _segments(folder):
        try:
            content = file.read_bytes()
        except FileNotFoundError:
            continue  # Its turn to be removed has just come.
        for line in content.splitlines():
            if text.encode() in line:
                try:
                    yield _decode(line)
                except msgspec.MsgspecError:
                    continue


def _segments(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*.jsonl") if file.stem.isdecimal())


def _remarkable(span: Span) -> bool:
    if span.error and span.kind in _ANSWERING:
        return True
    return span.kind in ("server", "consumer") and span.took_s > SLOW_S


def _line(span: Span) -> bytes:
    kept = Kept(
        trace_id=span.trace_id,
        span_id=span.span_id,
        parent_id=span.parent_id,
        service=span.service,
        name=span.name,
        kind=span.kind,
        started_ns=span.started_ns,
        ended_ns=span.ended_ns,
        error=span.error,
        error_text=span.error_text,
        links=tuple(other.trace_id for other in span.links),
        attributes=span.attributes,
    )
    return _encode(kept) + b"\n"
