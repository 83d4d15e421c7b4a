"""Lots of reagent kits: what is there, until when, how often each can still be used, and what it was used for."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import Answer, Asked

_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

LotState = Literal["sealed", "open", "used_up", "discarded"]
#: A library kit is one of the catalogue; what else has a lot (wash kit, priming buffer, beads) is a consumable.
LotCategory = Literal["library_kit", "consumable"]
UseKind = Literal["library", "wash", "priming", "loading", "check", "other"]

KitCode = Annotated[
    str,
    Meta(
        min_length=2,
        max_length=40,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9. _-]*$",
        description="As it is printed: SQK-LSK114, SQK-RBK114.24, EXP-WSH004.",
    ),
]
LotNumber = Annotated[
    str, Meta(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]*$", description="The lot number.")
]
Place = Annotated[str, Meta(max_length=200, pattern=_ONE_LINE, description="Where it is kept.")]
LotNote = Annotated[str, Meta(max_length=1000, pattern=_LINES, description="Anything to know about it.")]
Expiry = Annotated[date, Meta(description="The last day on which it may be used.")]


class NewKitLot(Asked, frozen=True, kw_only=True):
    """Receive a lot. A lot that came twice is one lot: change how many reactions it has."""

    kit_code: KitCode
    lot: LotNumber
    category: Annotated[LotCategory, Meta(description="A kit of the catalogue, or another consumable.")] = "library_kit"
    received_on: Annotated[date, Meta(description="When it came.")]
    expires_on: Expiry
    reactions_total: Annotated[int, Meta(ge=1, le=100_000, description="How often it can be used.")]
    location: Place = ""
    note: LotNote = ""


class KitLotPatch(Asked, frozen=True, kw_only=True):
    """Change what is known of a lot; what is left out stays. A discarded one is opened again by its state."""

    expires_on: Expiry | UnsetType = UNSET
    reactions_total: Annotated[int, Meta(ge=1, le=100_000, description="How often it can be used.")] | UnsetType = UNSET
    location: Place | UnsetType = UNSET
    note: LotNote | UnsetType = UNSET
    discarded: Annotated[bool, Meta(description="Whether it was thrown away.")] | UnsetType = UNSET


class NewLotUse(Asked, frozen=True, kw_only=True):
    """Use a lot. reason: why an expired lot is used all the same; only a facility manager decides that."""

    kind: Annotated[UseKind, Meta(description="What it was used for.")]
    used_for: Annotated[
        str,
        Meta(max_length=100, pattern=_ONE_LINE, description="The code of what it was used for: L26-000123, FAX12345."),
    ]
    reactions: Annotated[int, Meta(ge=1, le=10_000, description="How many reactions were used.")] = 1
    reason: Annotated[str, Meta(max_length=1000, pattern=_LINES, description="Why an expired lot is used.")] = ""


class KitLot(Answer, frozen=True, kw_only=True):
    """One lot. reactions_left: total less used; expired: today is after expires_on; low: few reactions are left."""

    id: UUID
    kit_code: str
    lot: str
    category: LotCategory
    received_on: date
    expires_on: date
    opened_on: date | None
    reactions_total: int
    reactions_used: int
    reactions_left: int
    location: str
    note: str
    state: LotState
    expired: bool
    low: bool
    created_at: datetime
    updated_at: datetime
    version: int


class LotUse(Answer, frozen=True, kw_only=True):
    """One use of a lot, or reactions given back (below 0).

    reason: why it was used although it had expired, or why they were given back; asked_by: who asked for that, where
    used_by confirmed it as the second person.
    """

    id: UUID
    kit_lot_id: UUID
    kind: UseKind
    used_for: str
    reactions: int
    reason: str
    used_by: str
    used_at: datetime
    asked_by: str = ""
