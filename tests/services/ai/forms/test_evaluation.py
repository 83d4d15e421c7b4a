"""`nanopore-tracking ai evaluate`: what it counts, on forms made here and on those beside the checkout."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from nanopore_tracking.services.ai.evaluations import model
from nanopore_tracking.services.ai.evaluations.model import Truth
from nanopore_tracking.services.ai.forms.model import FormReading, Read, Row
from tests.harness.model_server import ModelServer
from tests.services.ai.forms.small_forms import pdf
from tests.services.ai.forms.unseen_forms import write

SHARED = Path(os.environ.get("SHARED_DATA_DIR") or Path(__file__).parents[5] / "shared" / "data")
FORMS = SHARED / "forms" / "dev"


def evaluated(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nanopore_tracking", "ai", "evaluate", str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def read(name: str, value: Any, **more: Any) -> Read:
    return Read(field=name, raw=str(value), value=value, state="read", **more)


def test_right_wrong_missing_and_extra_values_are_counted() -> None:
    reading = FormReading(
        version=1,
        fields=[read("priority", "High"), read("organism", "Mus musculus"), read("buffer", "EB")],
        rows=[Row(cells={"sample_name": read("sample_name", "A1"), "volume_ul": read("volume_ul", 20000.0)})],
        text=["High Mus musculus EB A1"],
    )
    truth = Truth(
        file="a.pdf",
        format="pdf",
        layout="one",
        fields={"priority": {"value": "high"}, "organism": {"value": "Zea mays"}, "account": {"value": "1-2"}},
        samples=[{"sample_name": {"value": "A1"}, "volume_ul": {"value": 20.0}}],
        must_not=["EB"],
    )

    events = model.compare(reading, truth, frozenset({"priority", "organism", "account", "buffer"}))
    fields = model.score("fields", [event for event in events if event.kind == "field"])

    assert (fields.right, fields.wrong, fields.extra, fields.missing) == (1, 1, 1, 1)
    assert (round(fields.precision, 3), round(fields.recall, 3)) == (0.333, 0.333)
    assert [event.name for event in events if event.unit_error] == ["volume_ul"]
    assert model.leaks(reading, truth) == ["EB"]
    assert model.invented(reading) == ["volume_ul: 20000.0"]


def test_a_place_is_right_only_where_the_value_stands() -> None:
    truth = Truth(
        file="a.pdf",
        format="pdf",
        layout="one",
        fields={"priority": {"value": "High", "page": 1, "bbox": [100, 50, 140, 60]}},
        samples=[],
    )
    there, elsewhere = (
        FormReading(version=1, fields=[read("priority", "High", page=1, box=box)])
        for box in ((101.0, 51.0, 139.0, 60.0), (101.0, 91.0, 139.0, 99.0))
    )
    names = frozenset({"priority"})

    assert [event.place for event in model.compare(there, truth, names)] == [True]
    assert [event.place for event in model.compare(elsewhere, truth, names)] == [False]


def test_a_folder_is_measured(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf())
    told = {"quote_id": {"value": "RQ-1001"}, "priority": {"value": "Rush"}}
    truth = Truth(file="a.pdf", format="pdf", layout="small", fields=told, samples=[])
    (tmp_path / "a.truth.json").write_bytes(msgspec.json.encode(truth))

    ran = evaluated(tmp_path, "--json")
    found = json.loads(ran.stdout)

    assert ran.returncode == 0, ran.stderr
    assert (found["documents"], found["pages"], found["refused"], found["leaks"]) == (1, 1, [], [])
    assert (found["fields"]["right"], found["fields"]["wrong"], found["fields"]["missing"]) == (1, 1, 0)
    assert 0 < found["cpu_ms_per_page"] < 5000
    assert 0 < found["memory_mb"] < 512
    assert "small" in evaluated(tmp_path).stdout


def test_a_folder_without_truths_is_told(tmp_path: Path) -> None:
    ran = evaluated(tmp_path)

    assert ran.returncode == 1
    assert "There are no forms" in ran.stderr


@pytest.mark.skipif(
    not FORMS.is_dir(), reason="The generated forms are not beside the checkout; SHARED_DATA_DIR names them."
)
def test_the_generated_forms_are_read(tmp_path: Path) -> None:
    # Every fourth of each layout, as starting the sandbox takes longer than reading; the command reads all of them.
    for truth in sorted(FORMS.glob("*.truth.json"))[::4]:
        form = FORMS / json.loads(truth.read_text("utf-8"))["file"]
        for file in (truth, form):
            (tmp_path / file.name).symlink_to(file)
    found = json.loads(evaluated(tmp_path, "--json").stdout)

    assert (found["documents"], found["refused"], found["leaks"], found["invented"]) == (12, [], [], [])
    assert found["unit_errors"] == 0
    for layout in found["layouts"]:
        assert layout["fields"]["f1"] >= 0.98, layout["name"]
        assert layout["cells"]["f1"] >= 0.98, layout["name"]
    assert found["cells"]["precision"] >= 0.998
    assert found["places_right"] >= 0.99 * found["places"]
    assert found["memory_mb"] <= 512


async def test_a_folder_is_measured_with_a_language_model(tmp_path: Path, server: ModelServer) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf((("Vorhaben:", "Riverbank survey"), ("Priority:", "Rush"))))
    told = {"project_name": {"value": "Riverbank survey"}, "priority": {"value": "Rush"}}
    truth = Truth(file="a.pdf", format="pdf", layout="small", fields=told, samples=[])
    (tmp_path / "a.truth.json").write_bytes(msgspec.json.encode(truth))
    given = {"NANOPORE_LLM_URL": server.url, "NANOPORE_LLM_MODEL": server.model, "NANOPORE_LLM_PLACE": "local"}

    code, said = await _evaluated(tmp_path, given, "--method", "hybrid", "--json")
    found = json.loads(said)
    unset, why = await _evaluated(tmp_path, {}, "--method", "hybrid")

    assert (code, found["fields"]["right"], found["invented"], len(server.asked)) == (0, 2, [], 1)
    assert (unset, "NANOPORE_LLM_URL is not set" in why) == (1, True)


async def test_the_four_ways_are_told_together_and_what_corrections_taught(tmp_path: Path, server: ModelServer) -> None:
    write(tmp_path, 8)
    given = {"NANOPORE_LLM_URL": server.url, "NANOPORE_LLM_MODEL": server.model, "NANOPORE_LLM_PLACE": "local"}
    code, said = await _evaluated(tmp_path, given, "--method", "all", "--corrected", "6", "--json")
    found = json.loads(said)

    assert (code, list(found)) == (0, ["pattern", "llm", "hybrid", "rag"])
    assert {each["documents"] for each in found.values()} == {2}
    assert len(server.asked) > 2
    _, alone = await _evaluated(tmp_path, {}, "--method", "all", "--json")
    first = json.loads(alone)
    assert "NANOPORE_LLM_URL is not set" in first["llm"]
    assert first["rag"]["documents"] == 8
    assert first["rag"]["fields"]["f1"] < found["rag"]["fields"]["f1"]
    assert {first["rag"]["fields"]["wrong"], found["rag"]["fields"]["wrong"]} == {0}
    everything, why = await _evaluated(tmp_path, {}, "--corrected", "8")
    assert (everything, "none is left to be measured" in why) == (1, True)


async def _evaluated(folder: Path, given: dict[str, str], *options: str) -> tuple[int | None, str]:
    """Run the command while the server of this test answers; return its exit code and what it said."""
    command = (sys.executable, "-m", "nanopore_tracking", "ai", "evaluate", str(folder), *options)
    environ = {**os.environ, **given}
    child = await asyncio.create_subprocess_exec(
        *command, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await child.communicate()
    return child.returncode, (out if child.returncode == 0 else err).decode()
