"""`nanopore-tracking trace ID`: print what a request did, from the ring of traces in the data folder."""

import os
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nanopore_tracking.cli import failures
from nanopore_tracking.counting import counted
from nanopore_tracking.embedded.folder import TRACES, default_path
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.telemetry import ring
from nanopore_tracking.kernel.telemetry.conventions import REQUEST_ID
from nanopore_tracking.kernel.telemetry.ring import Kept

app = typer.Typer()

Name = Annotated[str, typer.Argument(metavar="ID", help="A trace's id, or the request id of an answer or error page.")]
Folder = Annotated[str, typer.Option(envvar="NANOPORE_DATA_DIR", help="The data folder that `up` runs on.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]

_BAR = 28
_WIDE = 160
#: Spans are written half a second after they end.
_AGAIN_S = 1.0


class _Trace(msgspec.Struct, frozen=True):
    """A trace as JSON."""

    trace_id: str
    started_at: datetime
    took_ms: float
    services: list[str]
    errors: int
    spans: list[Kept]


@app.command()
def trace(name: Name, data_dir: Folder = "", as_json: AsJson = False) -> None:
    """Print a trace: which service did what, for how long, and what failed.

    It reads the data folder, whether the product runs or not, so that it is for whoever may read that folder.
    """
    with failures.told():
        found = _found(Path(data_dir) if data_dir else default_path(), name.strip())
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode([_summed_up(spans) for spans in found])))
        return
    console = Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)
    for spans in found:
        _print(console, spans)


def _found(folder: Path, name: str) -> list[list[Kept]]:
    traces = folder / TRACES
    if not traces.is_dir() or not os.access(traces, os.R_OK | os.X_OK):
        raise errors.Invalid(
            f"There are no traces to be read in {folder}. Name the folder that `up` runs on by --data-dir, "
            "and be who may read it."
        )
    found = ring.find(traces, name)
    if not found:
        time.sleep(_AGAIN_S)
        found = ring.find(traces, name)
    if not found:
        raise errors.NotFound(
            f"No trace of {name} is kept. What failed or took longer than {ring.SLOW_S:g} s is kept until newer traces "
            "take its place; of everything else, the share NANOPORE_TRACE_RATIO."
        )
    return found


def _summed_up(spans: Sequence[Kept]) -> _Trace:
    first, last = spans[0].started_ns, max(span.ended_ns for span in spans)
    return _Trace(
        trace_id=spans[0].trace_id,
        started_at=datetime.fromtimestamp(first / 1e9, UTC),
        took_ms=(last - first) / 1e6,
        services=list(dict.fromkeys(span.service for span in spans)),
        errors=sum(1 for span in spans if span.error),
        spans=list(spans),
    )


def _print(console: Console, spans: Sequence[Kept]) -> None:
    whole = _summed_up(spans)
    told = f"{whole.started_at:%Y-%m-%d %H:%M:%S} UTC, {_took(whole.took_ms)}, {counted(len(spans), 'span')}"
    console.print(
        f"[bold]Trace {whole.trace_id}[/]  {told}" + (f", [red]{whole.errors} failed[/]" * bool(whole.errors))
    )
    for request in dict.fromkeys(span.attributes[REQUEST_ID] for span in spans if REQUEST_ID in span.attributes):
        console.print(f"Request {request}")
    table = Table("Service", "What was done", "Began", "Took", "", box=None, pad_edge=False, header_style="dim")
    for column in (2, 3):
        table.columns[column].justify = "right"
    for depth, span in _in_order(spans):
        began_ms, took_ms = (span.started_ns - spans[0].started_ns) / 1e6, (span.ended_ns - span.started_ns) / 1e6
        table.add_row(
            span.service,
            _told(span, depth),
            _took(began_ms),
            _took(took_ms),
            Text(_bar(began_ms, took_ms, whole.took_ms), style="red" if span.error else "cyan"),
        )
    console.print(table)
    console.print()


def _in_order(spans: Sequence[Kept]) -> list[tuple[int, Kept]]:
    """Return the spans with their depth, each before those that came of it; one whose parent is not here is first."""
    present = {span.span_id for span in spans}
    children: dict[str, list[Kept]] = {}
    for span in spans:
        children.setdefault(span.parent_id if span.parent_id in present else "", []).append(span)
    ordered: list[tuple[int, Kept]] = []
    waiting = [(0, span) for span in reversed(children.get("", []))]
    while waiting:
        depth, span = waiting.pop()
        ordered.append((depth, span))
        waiting += [(depth + 1, child) for child in reversed(children.pop(span.span_id, []))]
    return ordered


def _told(span: Kept, depth: int) -> Text:
    """Return one line of what was done, and one of what failed."""
    peer, status = span.attributes.get("peer.service"), span.attributes.get("http.response.status_code")
    said = Text("  " * depth + span.name + (f" → {peer}" if peer else ""))
    if status:
        said.append(f" {status}", style="red" if span.error else "")
    if span.error and span.error != str(status):
        reason = f"{span.error} ({span.error_text})" if span.error_text else span.error
        said.append(f"\n{'  ' * (depth + 1)}failed: {reason}", style="red")
    for linked in dict.fromkeys(span.links):
        said.append(f"\n{'  ' * (depth + 1)}see trace {linked}", style="dim")
    return said


def _bar(began_ms: float, took_ms: float, whole_ms: float) -> str:
    scale = _BAR / max(whole_ms, 0.001)
    begin = min(_BAR - 1, int(began_ms * scale))
    return " " * begin + "█" * max(1, min(_BAR - begin, round(took_ms * scale)))


def _took(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.2f} s" if milliseconds >= 1000 else f"{milliseconds:.1f} ms"
