"""`nanopore-tracking trace`: what the ring of a machine holds, as a tree for people and as JSON for programs."""

import json
import os
from pathlib import Path

import pytest

from nanopore_tracking.kernel.telemetry import conventions
from nanopore_tracking.kernel.telemetry.ring import Ring
from nanopore_tracking.kernel.telemetry.trace import Kind, Span, Trace
from tests.cli.test_commands import run

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
REQUEST = "01a20fb5-b2c1-7680-86eb-46802cb4f5bb"


class Story:
    """A page that asks a service, whose statement fails."""

    def __init__(self, folder: Path) -> None:
        root = Trace(TRACE_ID, "00f067aa0ba902b7")
        self.page = self._span("GET /things", "server", root, 0, 0.2, is_root=True)
        self.call = self._span("GET", "client", self.page, 0.05, 0.1)
        self.call.note({"peer.service": "things-service"})
        self.served = self._span("GET /api/things", "server", self.call, 0.06, 0.08)
        self.statement = self._span("things.find", "client", self.served, 0.07, 0.04)
        for span, status in ((self.page, 503), (self.call, 500), (self.served, 500)):
            span.note({"http.response.status_code": status, conventions.REQUEST_ID: REQUEST})
            span.fail(str(status))
        self.statement.fail("asyncpg.exceptions.InsufficientPrivilegeError")
        Ring(folder / "traces", 1 << 20).take([self.statement, self.served, self.call, self.page])

    @staticmethod
    def _span(name: str, kind: Kind, parent: Trace, at_s: float, took_s: float, *, is_root: bool = False) -> Span:
        service = "web" if name in ("GET", "GET /things") else "things-service"
        span = Span(name, kind, parent, service=service, attributes={}, is_root=is_root)
        span.started_ns = int((1_790_000_000 + at_s) * 1e9)
        span.ended_ns = span.started_ns + int(took_s * 1e9)
        return span


@pytest.mark.parametrize("name", [TRACE_ID, REQUEST, TRACE_ID.upper()])
def test_a_trace_is_printed_as_a_tree(tmp_path: Path, name: str) -> None:
    Story(tmp_path)

    told = run("trace", name, NANOPORE_DATA_DIR=str(tmp_path))

    assert (told.returncode, told.stderr) == (0, "")
    lines = told.stdout.splitlines()
    assert lines[0].startswith(f"Trace {TRACE_ID}  2026-09-21 14:13:20 UTC, 200.0 ms, 4 spans, 4 failed")
    assert lines[1] == f"Request {REQUEST}"
    tree = [line[len("things-service") + 2 :].rstrip() for line in lines[3:] if line]
    assert [line.split("    ", 1)[0] for line in tree[:2]] == ["GET /things 503", "  GET → things-service 500"]
    assert tree[2].startswith("    GET /api/things 500  ")
    assert tree[3].startswith("      things.find  ")
    assert tree[3].split()[1:5] == ["70.0", "ms", "40.0", "ms"]
    assert tree[3].endswith(" ██████")
    assert tree[4] == "        failed: asyncpg.exceptions.InsufficientPrivilegeError"


def test_a_trace_is_printed_as_json(tmp_path: Path) -> None:
    story = Story(tmp_path)

    told = run("trace", REQUEST, "--json", "--data-dir", str(tmp_path))

    ((found),) = json.loads(told.stdout)
    assert (found["trace_id"], found["took_ms"], found["errors"]) == (TRACE_ID, 200.0, 4)
    assert found["services"] == ["web", "things-service"]
    parents = {span["span_id"]: span.get("parent_id", "") for span in found["spans"]}
    assert parents[story.statement.span_id] == story.served.span_id
    assert parents[story.page.span_id] == ""


def test_what_is_not_kept_is_told_in_a_sentence(tmp_path: Path) -> None:
    Story(tmp_path)

    told = run("trace", "f" * 32, NANOPORE_DATA_DIR=str(tmp_path))
    elsewhere = run("trace", TRACE_ID, NANOPORE_DATA_DIR=str(tmp_path / "nothing"))

    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith(f"No trace of {'f' * 32} is kept.")
    assert (elsewhere.returncode, elsewhere.stderr[:34]) == (1, "There are no traces to be read in ")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_who_may_not_read_the_folder_is_told_so(tmp_path: Path) -> None:
    Story(tmp_path)
    (tmp_path / "traces").chmod(0)

    told = run("trace", TRACE_ID, NANOPORE_DATA_DIR=str(tmp_path))

    assert (told.returncode, told.stderr[:34]) == (1, "There are no traces to be read in ")
