"""Credits: what of a line of a statement can be taken back, and a second look before it is."""

from typing import Any
from uuid import UUID

import msgspec

from nanopore_tracking.contracts.api.sample.charges import BillingEvent, NewCredit
from nanopore_tracking.kernel import errors
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.charges import Charges
from nanopore_tracking.web.pages.charges import money
from nanopore_tracking.web.visit import Shown, Visit, action, page

#: Billing events on one page.
_SHOWN = 50


@page("/charges/{lab_id:str}/{month:str}/credit", needs="charges.credit")
async def choose(visit: Visit, lab_id: str, month: str) -> Shown:
    """Show the billing events of a line of a statement, each with what is left of it."""
    asked = visit.request.query_params
    return await _show(visit, lab_id, month, code=asked.get("charge_code", ""), item=asked.get("item", ""))


async def _show(visit: Visit, lab_id: str, month: str, *, code: str, item: str, **given: Any) -> Shown:
    api = visit.api(Charges)
    path, said = f"/charges/{lab_id}/{month}/credit", visit.request.query_params
    address = Address.said(path, {**said, "charge_code": code, "item": item}, ("charge_code", "item", "q"))
    # A line without a charge code is asked for by a blank one, which is sent where it is one of a list.
    line = {"item": item, "charge_code": [code]}
    found = await api.events(lab_id, month, **line, **address.query("q"), after=address["after"], limit=_SHOWN)
    shown: dict[str, Any] = {
        "lab_id": lab_id,
        "month": month,
        "code": code,
        "item": item,
        "address": address,
        "events": found.items,
        "next": found.next,
        "lab_name": (await api.statement(lab_id, month)).lab_name,
        "money": money,
        "form": visit.form,
        "sure": None,
        "amount": None,
        "problem": None,
        "status": 200,
    }
    return visit.page("pages/credit_notes.html", title="Credit", **(shown | given))


@action("/charges/{lab_id:str}/{month:str}/credit", needs="charges.credit")
async def credit(visit: Visit, lab_id: str, month: str) -> Shown:
    """Look at a credit once more, and give it when that was done."""
    form = visit.form
    line = {"code": form.get("charge_code", ""), "item": form.get("item", "")}
    api = visit.api(Charges)
    try:
        asked = _read(form)
        if form.get("sure") != "yes":
            event = await _event(api, lab_id, month, form)
            return await _show(visit, lab_id, month, **line, sure=event, amount=_amount(event, asked))
        done = await api.credit(lab_id, form.get("event_id", ""), asked, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        return await _show(visit, lab_id, month, **line, status=422, problem=problem)
    said = f"Credited: {-done.quantity} × {done.item.replace('-', ' ')} of {done.subject_code}"
    return visit.go(f"/charges/{lab_id}", said)


def _read(form: dict[str, str]) -> NewCredit:
    said = {"reason": form.get("reason", "").strip()}
    quantity = form.get("quantity", "").strip()
    try:
        return msgspec.convert(said | ({"quantity": quantity} if quantity else {}), NewCredit, strict=False)
    except msgspec.ValidationError as failure:
        message = "Say how much as a whole number from 1 on, and why in a few words."
        raise errors.Invalid(f"{message} Nothing was changed.") from failure


async def _event(api: Charges, lab_id: str, month: str, form: dict[str, str]) -> BillingEvent:
    try:
        return (await api.events(lab_id, month, id=UUID(form.get("event_id", "")), limit=1)).items[0]
    except (ValueError, IndexError):
        raise errors.Invalid("Choose what is to be credited. Nothing was changed.") from None


def _amount(event: BillingEvent, asked: NewCredit) -> tuple[int, int | None]:
    """Return how much of an event is to be credited and what that is in money; Conflict for more than is left."""
    left = event.quantity - event.credited
    quantity = asked.quantity or left
    if not 1 <= quantity <= left:
        message = f"{left} of it can still be credited." if left else "All of it was credited already."
        raise errors.Conflict(f"{message} Nothing was changed.")
    return quantity, None if event.unit_price_cents is None else quantity * event.unit_price_cents


ROUTES = [choose, credit]
