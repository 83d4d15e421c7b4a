"""What is recorded of a sample so that it meets the gate of each stage."""

from typing import Any
from uuid import UUID

from nanopore_tracking.services.sample.libraries import store as library_store
from tests.harness import going_out
from tests.harness.laboratory import Laboratory

#: stage → what is recorded there, in order: a custody event, a measurement, a stage record, its run, its delivery.
RECORDED: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "expected": [("custody", {"kind": "received", "condition": "intact"})],
    "received": [("custody", {"kind": "stored", "location": "R1/F-80-2/S3/R1/B7/C4"})],
    "sample_qc": [
        ("measure", {"quantity": "volume", "value": 48.0}),
        ("measure", {"quantity": "concentration", "value": 42.0}),
        ("measure", {"quantity": "a260_a280", "value": 1.85}),
        ("measure", {"quantity": "a260_a230", "value": 2.1}),
        ("measure", {"quantity": "fragment_mean_bp", "value": 25_000.0}),
    ],
    "library_prep": [("library", {})],
    "library_qc": [
        ("measure", {"quantity": "concentration", "value": 42.0, "subject": "library"}),
        ("measure", {"quantity": "volume", "value": 12.0, "subject": "library"}),
        ("measure", {"quantity": "fragment_mean_bp", "value": 25_000.0, "subject": "library"}),
        ("step", {"to": "qc_passed"}),
    ],
    "sequencing_setup": [("plan", {})],
    "sequencing_run": [("record", {"kind": "run"})],
    "basecalling": [("record", {"kind": "basecalling"})],
    "quality_assessment": [("record", {"kind": "decision"})],
    "data_delivery": [("deliver", {})],
    "delivered": [("receive", {})],
}


async def record(laboratory: Laboratory, sample_id: UUID, what: tuple[str, dict[str, Any]]) -> None:
    """Record one thing of a sample."""
    verb, said = what[0], dict(what[1])
    if verb == "custody":
        await laboratory.custody(sample_id, said.pop("kind"), **said)
    elif verb == "measure":
        await laboratory.measure(sample_id, said.pop("quantity"), said.pop("value"), **said)
    elif verb == "library":
        await laboratory.library(sample_id, **said)
    elif verb == "step":
        await step(laboratory, sample_id, **said)
    elif verb == "plan":
        await going_out.plan(laboratory, sample_id, **said)
    elif verb == "deliver":
        await going_out.deliver(laboratory, sample_id)
    elif verb == "receive":
        await going_out.received(laboratory, sample_id)
    else:
        kind = said.pop("kind")
        if kind == "run" and (cell := await going_out.planned_cell(laboratory, sample_id)) is not None:
            said.setdefault("flow_cell_id", cell)
        await laboratory.record(sample_id, kind, **said)


async def step(laboratory: Laboratory, sample_id: UUID, to: str, **said: Any) -> None:
    """Move the library of a sample that counts."""
    library = await library_store.present(laboratory.db, sample_id)
    if library is not None:
        await laboratory.step_library(library.code, to, **said)


async def fulfil(laboratory: Laboratory, sample_id: UUID, stage: str) -> None:
    """Record all that the gate of a stage wants."""
    for what in RECORDED[stage]:
        await record(laboratory, sample_id, what)
