"""Charges: the charge codes of a lab, which one a project's work goes to, and the monthly statement."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import Answer, Asked, Line

Code = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{1,59}$",
        description="As the lab's institution wrote it: 2 to 60 letters, digits and . _ / -",
    ),
]
Note = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$", description="Anything to know about it.")]


class NewChargeCode(Asked, frozen=True, kw_only=True):
    """Enter a charge code that the lab's institution gave; codes are never made here."""

    code: Code
    valid_from: Annotated[date, Meta(description="The first day on which it may be charged.")]
    valid_to: Annotated[date, Meta(description="The last day; none while its end is not known.")] | None = None
    authorised_by: Annotated[Line, Meta(description="Who is allowed to spend on it and said so.")]
    note: Note = ""


class ChargeCodePatch(Asked, frozen=True, kw_only=True):
    """Change the end of a charge code or its note; all else of it stays as it was entered."""

    valid_to: date | UnsetType | None = UNSET
    note: Note | UnsetType = UNSET


class ChargeCode(Answer, frozen=True, kw_only=True):
    """A charge code of a lab; valid: whether it may be charged today."""

    id: UUID
    lab_id: UUID
    code: str
    valid_from: date
    valid_to: date | None
    valid: bool
    authorised_by: str
    note: str
    created_by: str
    created_at: datetime
    updated_at: datetime
    version: int


class NewProjectCharge(Asked, frozen=True, kw_only=True):
    """Say which charge code of its lab the work of a project goes to from now on."""

    charge_code: Code


class ProjectCharge(Answer, frozen=True, kw_only=True):
    """Which charge code the work of a project went to since a moment; the latest counts."""

    id: UUID
    project_id: UUID
    charge_code: str
    set_by: str
    set_at: datetime


class BillingEvent(Answer, frozen=True, kw_only=True):
    """What is charged for one fact.

    charge_code: blank where nobody said which; unit_price_cents: None where no price was in effect, the sample's share
    of the price of a flow cell; fact: what happened; fact_id: which one; subject_code: of the sample or submission;
    credited: how much of it was taken back since.
    """

    id: UUID
    lab_id: UUID
    project_id: UUID
    charge_code: str
    item: str
    quantity: int
    unit_price_cents: int | None
    currency: str
    price_version: int | None
    fact: str
    fact_id: UUID
    subject_code: str
    happened_at: datetime
    credited: int = 0


class NewCredit(Asked, frozen=True, kw_only=True):
    """Take back what was charged by one billing event, the whole of what is left of it or a part."""

    quantity: Annotated[int, Meta(ge=1, le=1_000_000, description="How much; all that is left if left out.")] | None = (
        None
    )
    reason: Annotated[
        str,
        Meta(min_length=3, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$", description="Why; it is on the statement."),
    ]


class EstimateLine(Answer, frozen=True, kw_only=True):
    """What one item is foreseen to cost. says: how it is counted, or why it cannot be known yet.

    quantity, amount_cents: None where it cannot be known; unit_price_cents: None where no price is in effect.
    """

    item: str
    name: str
    quantity: int | None
    unit_price_cents: int | None
    currency: str
    amount_cents: int | None
    says: str


class Estimate(Answer, frozen=True, kw_only=True):
    """What the work on a submission is foreseen to cost by the price list of today; it binds nobody.

    total_cents: by currency, of the lines that can be counted; price_version: None while there is no price list.
    """

    submission_id: UUID
    code: str
    sample_count: int
    price_version: int | None
    lines: list[EstimateLine]
    total_cents: dict[str, int]


class StatementLine(Answer, frozen=True, kw_only=True):
    """What was charged in a month for one item on one charge code at one price."""

    charge_code: str
    item: str
    quantity: int
    unit_price_cents: int | None
    currency: str
    amount_cents: int | None


class CreditLine(Answer, frozen=True, kw_only=True):
    """What was taken back in a month: of what, which was charged at charged_at, why and by whom.

    quantity and amount_cents are below 0; credits: the billing event that it is of.
    """

    id: UUID
    credits: UUID
    charge_code: str
    item: str
    quantity: int
    unit_price_cents: int | None
    currency: str
    amount_cents: int | None
    subject_code: str
    charged_at: datetime
    reason: str
    credited_by: str
    credited_at: datetime


class Statement(Answer, frozen=True, kw_only=True):
    """The statement of a lab for one month, which begins and ends at midnight in the facility's time zone.

    lines: what was charged; credits: what was taken back in this month, whenever it was charged; total_cents: both
    together, by currency; without_code, without_price: events that cannot be charged as they are; rebuilt: whether the
    same events come out when they are made again from what happened, and of what is credited the same amounts.
    """

    lab_id: UUID
    lab_name: str
    month: str
    begins_at: datetime
    ends_at: datetime
    event_count: int
    lines: list[StatementLine]
    credits: list[CreditLine] = []
    total_cents: dict[str, int]
    without_code: int
    without_price: int
    rebuilt: bool
