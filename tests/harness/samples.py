"""Samples and facts for tests of pure rules."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from nanopore_tracking.services.sample.catalogue.model import Catalogue, FlowCell, Kit, Threshold
from nanopore_tracking.services.sample.facts.model import Facts
from nanopore_tracking.services.sample.libraries.model import Present
from nanopore_tracking.services.sample.samples.model import Sample, Submitted

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

CATALOGUE = Catalogue(
    versions={"kits": 3, "thresholds": 2},
    kits=(
        Kit(code="SQK-LSK114", material="DNA", input_ng=1000, flow_cells=["FLO-MIN114"]),
        Kit(code="SQK-NBD114-24", material="DNA", capacity=24, input_ng=400, flow_cells=["FLO-MIN114"]),
        Kit(code="SQK-RBK114-24", material="DNA", capacity=24, min_barcodes=4, flow_cells=["FLO-MIN114"]),
        Kit(code="SQK-RBK114-96", material="DNA", capacity=96, min_barcodes=4, flow_cells=["FLO-MIN114"]),
    ),
    flow_cells=(
        FlowCell(code="FLO-MIN114", device="MinION", warranty_pores=800),
        FlowCell(code="FLO-PRO114M", device="PromethION", warranty_pores=5000),
    ),
    thresholds=(
        Threshold(code="purity", name="A260/280", gate="sample_qc", quantity="a260_a280", min=1.75, max=2.0),
        Threshold(
            code="ratio", name="A260/230", gate="sample_qc", quantity="a260_a230", min=2.0, max=2.2, severity="warn"
        ),
        Threshold(
            code="load", name="Amount", gate="library_qc", quantity="amount_fmol", unit="fmol", min=35,
            fragment_min_bp=1000, fragment_max_bp=10_000,
        ),
        Threshold(
            code="load-long", name="Mass", gate="library_qc", quantity="mass_ng", unit="ng", min=300,
            fragment_min_bp=10_000,
        ),
        Threshold(
            code="unclassified", name="Share", gate="quality_assessment", quantity="unclassified_share", max=0.15,
        ),
        Threshold(code="blank", name="Reads", gate="quality_assessment", quantity="blank_share", max=0.01),
    ),
)  # fmt: skip


def sample(**said: Any) -> Sample:
    """Return a sample at the beginning, with what is said instead."""
    plain: dict[str, Any] = {
        "id": UUID(int=1),
        "code": "S26-000001",
        "name": "HB27 gDNA",
        "alias": "HB27_gDNA",
        "kind": "test_sample",
        "material": "HMW gDNA",
        "organism": "",
        "lab_id": UUID(int=2),
        "project_id": UUID(int=3),
        "submission_id": None,
        "row_number": None,
        "service_type": "",
        "submitted": Submitted(),
        "container_barcode": "",
        "priority": "normal",
        "assignee": "",
        "comment": "",
        "stage": "expected",
        "status": "queued",
        "exit": None,
        "status_reason": "",
        "resumes_as": None,
        "stage_entered_at": NOW,
        "volume_ul": None,
        "qubit_ng_per_ul": None,
        "a260_a280": None,
        "a260_a230": None,
        "fragment_bp": None,
        "measured": (),
        "out_of_range": (),
        "location": "",
        "library_count": 0,
        "version": 1,
    }
    return Sample(**(plain | said))


def facts(of: Sample | None = None, **said: Any) -> Facts:
    """Return the facts of a sample of which nothing is recorded, with what is said instead."""
    plain: dict[str, Any] = {"sample": of or sample(), "now": NOW, "catalogue": CATALOGUE}
    return Facts(**(plain | said))


def present(**said: Any) -> Present:
    """Return a prepared library of a sample that is sequenced alone, with what is said instead."""
    plain: dict[str, Any] = {
        "id": UUID(int=9),
        "code": "L26-000001",
        "state": "prepared",
        "kit": "SQK-LSK114",
        "kit_lot": "L-2026-31",
        "lot_expires_on": date(2099, 12, 31),
        "input_ng": 1000.0,
        "conc_ng_per_ul": None,
        "mean_fragment_bp": None,
        "volume_ul": None,
        "barcodes": (),
        "pool": None,
        "pool_libraries": 1,
    }
    return Present(**(plain | said))
