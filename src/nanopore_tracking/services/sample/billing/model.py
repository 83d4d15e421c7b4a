"""What is charged for which fact: a pure function from what happened to billing events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from uuid import UUID

from nanopore_tracking.contracts.api.sample.charges import CreditLine, EstimateLine, StatementLine
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.catalogue.model import Catalogue


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """Something that happened and may cost something.

    kind: a key of ITEMS; charge_code: blank where nobody said; part, parts: its share of one price, counted from 0.
    """

    id: UUID
    kind: str
    lab_id: UUID
    project_id: UUID
    charge_code: str
    subject_code: str
    happened_at: datetime
    quantity: int = 1
    part: int = 0
    parts: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Billed:
    """What is charged for one fact; unit_price_cents: None where no price was in effect."""

    fact_id: UUID
    fact: str
    lab_id: UUID
    project_id: UUID
    charge_code: str
    item: str
    quantity: int
    unit_price_cents: int | None
    currency: str
    price_version: int | None
    subject_code: str
    happened_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Credit:
    """What was taken back of one billing event; quantity: how much, above 0. fact_id: what it was charged for."""

    id: UUID
    event_id: UUID
    fact_id: UUID
    charge_code: str
    item: str
    quantity: int
    unit_price_cents: int | None
    currency: str
    price_version: int | None
    subject_code: str
    charged_at: datetime
    reason: str
    credited_by: str
    credited_at: datetime


#: What is charged for which fact. A stage that was passed is one only for work of before libraries and runs were
#: charged themselves, and for a run that was recorded by hand.
ITEMS: Mapping[str, tuple[str, ...]] = {
    "submission.accepted": ("sample-intake",),
    "library_prep.passed": ("library-prep",),
    "sequencing_run.passed": ("sequencing-run",),
    "library.made": ("library-prep",),
    "flow_cell.used": ("flow-cell",),
    "run.completed": ("sequencing-run",),
    "basecalling.sup": ("sup-basecalling",),
}
#: Which stages may cost something when a sample passed them.
PASSED = ("library_prep", "sequencing_run")


def billed(fact: Fact, prices: Catalogue) -> list[Billed]:
    """Return what is charged for a fact. prices: the catalogues that were in effect when it happened."""
    return [_billed(fact, item, prices) for item in ITEMS.get(fact.kind, ())]


def _billed(fact: Fact, item: str, prices: Catalogue) -> Billed:
    price = prices.price(item)
    return Billed(
        fact_id=fact.id,
        fact=fact.kind,
        lab_id=fact.lab_id,
        project_id=fact.project_id,
        charge_code=fact.charge_code,
        item=item,
        quantity=fact.quantity,
        unit_price_cents=share(price.unit_price_cents, fact.part, fact.parts) if price else None,
        currency=price.currency if price else "",
        price_version=prices.versions.get("price_items") if price else None,
        subject_code=fact.subject_code,
        happened_at=fact.happened_at,
    )


def share(cents: int, part: int, parts: int) -> int:
    """Return one of so many shares of a price; all of them together are the price."""
    return cents // parts + (part < cents % parts)


#: What is foreseen of a submission for each of its samples, and how that is counted.
FORESEEN: Mapping[str, str] = {
    "sample-intake": "One for each sample.",
    "library-prep": "One library of each sample, prepared once.",
    "sequencing-run": "One share of a run for each sample.",
}
#: What nobody can know before the work is done, and why.
UNFORESEEN: Mapping[str, str] = {
    "flow-cell": "How many flow cells are used shows when the libraries are loaded.",
    "sup-basecalling": "Charged only where basecalling is done again with SUP.",
}


def estimated(sample_count: int, prices: Catalogue) -> list[EstimateLine]:
    """Return what the work on so many samples is foreseen to cost, and at what price what cannot be counted yet."""
    items = {item: (sample_count, says) for item, says in FORESEEN.items()}
    return [_estimated(item, prices, quantity=found[0], says=found[1]) for item, found in items.items()] + [
        _estimated(item, prices, quantity=None, says=says) for item, says in UNFORESEEN.items()
    ]


def _estimated(item: str, prices: Catalogue, *, quantity: int | None, says: str) -> EstimateLine:
    price = prices.price(item)
    counted = price is not None and quantity is not None
    return EstimateLine(
        item=item,
        name=price.name if price else item,
        quantity=quantity,
        unit_price_cents=price.unit_price_cents if price else None,
        currency=price.currency if price else "",
        amount_cents=price.unit_price_cents * quantity if counted else None,  # type: ignore[union-attr, operator]
        says=says if price else f"{says} It has no price yet.",
    )


def sums(found: Sequence[EstimateLine]) -> dict[str, int]:
    """Return what the lines that can be counted cost together, by currency."""
    total: dict[str, int] = {}
    for line in found:
        if line.amount_cents is not None:
            total[line.currency] = total.get(line.currency, 0) + line.amount_cents
    return total


def month(said: str, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return when a month, written as 2026-11, begins and ends in a time zone; Invalid for what is none."""
    try:
        begins = datetime.strptime(said, "%Y-%m").replace(tzinfo=zone)
        after = begins.replace(year=begins.year + begins.month // 12, month=begins.month % 12 + 1)
        return begins.astimezone(UTC), after.astimezone(UTC)
    except (ValueError, OverflowError):
        message = "A month is written like 2026-11."
        raise errors.Invalid(message, fields=[errors.FieldError("month", message)]) from None


def lines(events: Sequence[Billed]) -> list[StatementLine]:
    """Return the lines of a statement: for each code, item and price how many, and what they cost together."""
    counted: dict[tuple[str, str, str, int], int] = {}
    for event in events:
        price = -1 if event.unit_price_cents is None else event.unit_price_cents
        key = (event.charge_code, event.item, event.currency, price)
        counted[key] = counted.get(key, 0) + event.quantity
    return [_line(*key[:3], price=key[3], quantity=quantity) for key, quantity in sorted(counted.items())]


def _line(charge_code: str, item: str, currency: str, *, price: int, quantity: int) -> StatementLine:
    priced = price >= 0
    return StatementLine(
        charge_code=charge_code,
        item=item,
        quantity=quantity,
        unit_price_cents=price if priced else None,
        currency=currency,
        amount_cents=price * quantity if priced else None,
    )


def creditable(charged: int, *, credited: int, asked: int | None) -> int:
    """Return how much is to be credited of what was charged; Conflict for more than is left of it."""
    left = charged - credited
    if left == 0 or (asked or 0) > left:
        message = "All of it was credited already." if left == 0 else f"{left} of it can still be credited."
        field = errors.FieldError("quantity", message)
        raise errors.Conflict(
            f"{charged} was charged and {credited} credited. Nothing was changed. {message}",
            type="more-than-charged",
            left=left,
            fields=[field],
        )
    return asked or left


def credit_lines(credits: Sequence[Credit]) -> list[CreditLine]:
    """Return the lines of what was taken back, the first one first."""
    return [
        CreditLine(
            id=each.id,
            credits=each.event_id,
            charge_code=each.charge_code,
            item=each.item,
            quantity=-each.quantity,
            unit_price_cents=each.unit_price_cents,
            currency=each.currency,
            amount_cents=None if each.unit_price_cents is None else -each.quantity * each.unit_price_cents,
            subject_code=each.subject_code,
            charged_at=each.charged_at,
            reason=each.reason,
            credited_by=each.credited_by,
            credited_at=each.credited_at,
        )
        for each in credits
    ]


def agree(credits: Sequence[Credit], again: Sequence[Billed]) -> bool:
    """Tell whether each credit says what is charged for its fact when that is made again, and takes back no more."""
    charged = {(each.fact_id, each.item): each for each in again}
    names = ("charge_code", "unit_price_cents", "currency", "price_version")
    for each in credits:
        whole = charged.get((each.fact_id, each.item))
        if whole is None or each.quantity > whole.quantity:
            return False
        if any(getattr(each, name) != getattr(whole, name) for name in names):
            return False
    return True


def totals(found: Sequence[StatementLine | CreditLine]) -> dict[str, int]:
    """Return what the lines cost together, by currency."""
    sums: dict[str, int] = {}
    for line in found:
        if line.amount_cents is not None:
            sums[line.currency] = sums.get(line.currency, 0) + line.amount_cents
    return sums


def order(events: Sequence[Billed]) -> Iterator[Billed]:
    """Return events in an order of their own, so that two sets can be compared."""
    return iter(sorted(events, key=lambda event: (event.fact_id, event.item)))
