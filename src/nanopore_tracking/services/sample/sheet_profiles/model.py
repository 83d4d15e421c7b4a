"""Writes the sample sheet of a planned run as each of four tools takes it, and makes sure that it does."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nanopore_tracking.contracts.api.sample.sheets import Profile, SheetFinding
from nanopore_tracking.contracts.manifest import Kind
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.sheet_rules import model as rules
from nanopore_tracking.services.sample.sheet_rules.model import Known
from nanopore_tracking.services.sample.sheet_tables import model as tables

#: The columns of each tool's sheet, in order. What a tool takes for an error is not in its own: minknow_api refuses
#: two places, dorado any column that it does not know. The sheet of minknow_api is what all four accept.
COLUMNS: Mapping[Profile, tuple[str, ...]] = {
    "minknow_ui": (
        "position_id", "flow_cell_id", "sample_id", "experiment_id", "flow_cell_product_code", "kit", "barcode",
        "alias", "type",
    ),
    "minknow_api": ("flow_cell_id", "sample_id", "experiment_id", "kit", "barcode", "alias", "type"),
    "dorado": (
        "flow_cell_id", "position_id", "sample_id", "experiment_id", "flow_cell_product_code", "kit", "barcode",
        "alias", "type",
    ),
    "epi2me": ("barcode", "alias", "type"),
}  # fmt: skip
_OF_BARCODES = ("barcode", "alias", "type")
PROFILES: tuple[Profile, ...] = tuple(COLUMNS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A sample on a barcode; kind: what it is for, which becomes the column type."""

    barcode: str
    alias: str
    kind: Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a sheet says.

    sample_id: of the pool or library that is loaded; kits: the sequencing kit first, in any spelling; members: by
    barcode, empty for a library that is sequenced alone.
    """

    experiment_id: str
    sample_id: str
    flow_cell_id: str
    position_id: str
    product_code: str
    kits: Sequence[str]
    members: Sequence[Member] = ()


def software_kit(code: str) -> str:
    """Return a kit as MinKNOW and dorado write it: SQK-RBK114.24 is SQK-RBK114-24."""
    return code.strip().upper().replace(".", "-").replace(" ", "-")


def write(profile: Profile, plan: Plan) -> str:
    """Return the sheet for a tool; Invalid for EPI2ME and a plan without barcodes."""
    shared = {
        "position_id": plan.position_id,
        "flow_cell_id": plan.flow_cell_id,
        "sample_id": plan.sample_id,
        "experiment_id": plan.experiment_id,
        "flow_cell_product_code": plan.product_code,
        "kit": " ".join(software_kit(kit) for kit in plan.kits),
    }
    if not plan.members:
        if profile == "epi2me":
            message = "A sheet for EPI2ME is about barcodes, and this plan has none. Nothing was written."
            raise errors.Invalid(message, fields=[errors.FieldError("profile", "This plan has no barcodes.")])
        return tables.written([name for name in COLUMNS[profile] if name not in _OF_BARCODES], [shared])
    rows = [
        shared | {"barcode": member.barcode, "alias": member.alias, "type": member.kind}
        for member in sorted(plan.members, key=lambda member: (len(member.barcode), member.barcode))
    ]
    return tables.written(COLUMNS[profile], rows)


def checked(profile: Profile, plan: Plan, known: Known) -> tuple[str, list[SheetFinding]]:
    """Return the sheet for a tool and what that tool's own rules say against it."""
    text = write(profile, plan)
    return text, rules.check(profile, text, known)


def profiles_of(plan: Plan) -> list[Profile]:
    """Return the tools that a sheet can be written for."""
    return [profile for profile in PROFILES if plan.members or profile != "epi2me"]


def content_hash(plan: Plan) -> str:
    """Return what stands for everything that a sheet says: another one means that issued sheets are stale."""
    members = sorted((member.barcode, member.alias, member.kind) for member in plan.members)
    said = [plan.experiment_id, plan.sample_id, plan.flow_cell_id, plan.position_id, plan.product_code]
    said += [" ".join(software_kit(kit) for kit in plan.kits)]
    return hashlib.sha256(repr((said, members)).encode()).hexdigest()
