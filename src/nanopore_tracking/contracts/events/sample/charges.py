"""What the sample service announces of charges: codes, what projects are charged to, and what is charged."""

from datetime import date, datetime
from uuid import UUID

from nanopore_tracking.kernel.events import Event


class ChargeCodeChanged(Event, frozen=True, kw_only=True):
    """A charge code of a lab was entered, or its end or note changed; the whole code is in here."""

    type = "charge_code.changed"

    charge_code_id: UUID
    lab_id: UUID
    code: str
    valid_from: date
    valid_to: date | None
    authorised_by: str
    note: str


class ProjectChargeSet(Event, frozen=True, kw_only=True):
    """The work of a project goes to a charge code from now on."""

    type = "project.charge_set"

    project_id: UUID
    lab_id: UUID
    charge_code: str


class BillingCredited(Event, frozen=True, kw_only=True):
    """What was charged by a billing event was taken back, in whole or in part; quantity: below 0; reason: why."""

    type = "billing.credited"

    billing_credit_id: UUID
    billing_event_id: UUID
    lab_id: UUID
    project_id: UUID
    charge_code: str
    item: str
    quantity: int
    unit_price_cents: int | None
    currency: str
    price_version: int | None
    subject_code: str
    charged_at: datetime
    reason: str


class BillingRecorded(Event, frozen=True, kw_only=True):
    """Something is charged for a fact; unit_price_cents: None where no price was in effect."""

    type = "billing.recorded"

    billing_event_id: UUID
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
