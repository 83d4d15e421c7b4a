"""What is recorded of a sample so that it meets the gate of each stage."""

from typing import Any
from uuid import UUID

from tests.harness.laboratory import Laboratory

#: stage → what is recorded there, in order: a custody event, a measurement or a stage record.
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
    "library_prep": [("record", {"kind": "library"})],
    "library_qc": [
        ("measure", {"quantity": "concentration", "value": 42.0, "subject": "library"}),
        ("measure", {"quantity": "volume", "value": 12.0, "subject": "library"}),
        ("measure", {"quantity": "fragment_mean_bp", "value": 25_000.0, "subject": "library"}),
    ],
    "sequencing_setup": [("record", {"kind": "loading"})],
    "sequencing_run": [("record", {"kind": "run"})],
    "basecalling": [("record", {"kind": "basecalling"})],
    "quality_assessment": [("record", {"kind": "decision"})],
    "data_delivery": [("record", {"kind": "delivery"})],
    "delivered": [
        ("record", {"kind": "delivery", "received_at": "2026-11-01T09:00:00Z", "retention_until": "2036-12-31"})
    ],
}


async def record(laboratory: Laboratory, sample_id: UUID, what: tuple[str, dict[str, Any]]) -> None:
    """Record one thing of a sample."""
    verb, said = what[0], dict(what[1])
    if verb == "custody":
        await laboratory.custody(sample_id, said.pop("kind"), **said)
    elif verb == "measure":
        await laboratory.measure(sample_id, said.pop("quantity"), said.pop("value"), **said)
    else:
        kind = said.pop("kind")
        if kind == "loading":
            # Aliases repeat between tests; an experiment of its own keeps them apart.
            said.setdefault("experiment_id", f"EXP_{sample_id.hex[:32]}")
        await laboratory.record(sample_id, kind, **said)


async def fulfil(laboratory: Laboratory, sample_id: UUID, stage: str) -> None:
    """Record all that the gate of a stage wants."""
    for what in RECORDED[stage]:
        await record(laboratory, sample_id, what)
