"""What was recorded by hand of loadings and deliveries before they were things; no such record is made any more."""

import json
from typing import Any
from uuid import UUID

from nanopore_tracking.kernel.ids import uuid7

BEFORE: dict[str, dict[str, Any]] = {
    "loading": {
        "flow_cell_id": "FAX12345",
        "product_code": "FLO-MIN114",
        "pores_available": 1310,
        "few_pores_reason": "",
        "position": "X1",
        "experiment_id": "EXP_0042",
        "library_id": "LIB_0042",
        "planned_fmol": 20.0,
        "note": "",
    },
    "delivery": {
        "method": "research_storage",
        "destination": "",
        "manifest_sha256": "0" * 64,
        "verified_at": "2026-10-06T10:00:00Z",
        "released_by": "Dr Okafor",
        "received_at": None,
        "link_expires_at": None,
        "retention_until": None,
        "note": "",
    },
}
_STAGES = {"loading": "sequencing_setup", "delivery": "data_delivery"}
_GUARD = "stage_record {} TRIGGER loading_and_delivery_are_no_records"


async def record_before(owner: Any, sample_id: UUID, kind: str, *, guarded: bool = False, **more: Any) -> None:
    """Store a record as it was made then; guarded: as anybody would now."""
    said = {**BEFORE[kind], **more}
    if not guarded:
        await owner.execute("ALTER TABLE " + _GUARD.format("DISABLE"))
    await owner.execute(
        "INSERT INTO stage_record (id, sample_id, kind, stage, code, details, experiment_id, recorded_by, recorded_at) "
        "VALUES ($1, $2, $3, $4, '', $5::json, $6, 'alice', now())",
        uuid7(),
        sample_id,
        kind,
        _STAGES[kind],
        json.dumps(said),
        said.get("experiment_id"),
    )
    if not guarded:
        await owner.execute("ALTER TABLE " + _GUARD.format("ENABLE"))
