"""Deliveries: the list, a new one, and one with its files, its verifications and what may happen to it next."""

from typing import Any

from nanopore_tracking.contracts.api.sample.deliveries import Delivery, DeliveryPatch, Handover, NewDelivery
from nanopore_tracking.counting import counted
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms, words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.customers import Customers
from nanopore_tracking.web.pages.sagas import LOOKS
from nanopore_tracking.web.visit import Shown, Visit, action, page

STATES = ("prepared", "copying", "verified", "released", "received", "expired", "retracted")
#: What can be asked for in a state, the word on the button, and whether a reason is asked for.
STEPS: dict[str, tuple[tuple[str, str, bool], ...]] = {
    "prepared": (("copying", "Begin to copy", False), ("retracted", "Give it up", True)),
    "copying": (("prepared", "Change the manifest", True), ("retracted", "Give it up", True)),
    "verified": (("released", "Release to the customer", False), ("retracted", "Give it up", True)),
    "released": (("received", "Receipt confirmed", False), ("retracted", "Retract", True)),
    "expired": (("received", "Receipt confirmed", False), ("retracted", "Retract", True)),
    "received": (("retracted", "Retract", True),),
    "retracted": (),
}
#: The steps of a handover and what is said of each: it is to be done, it is done.
_HANDOVER = (
    ("freeze", "Fix the list of files", "The list of files is fixed"),
    ("arrive", "Find every file at the destination", "Every file was found at the destination"),
    ("release", "Release by a person", "A person released it"),
    ("deliver", "Deliver the samples", "The samples are delivered"),
    ("tell", "Tell the customer", "The mail to the customer is on its way"),
)
#: A step that a person does shows in the delivery before the handover has noticed it.
_ARRIVED = ("verified", "released", "received", "expired")
#: How the state of a handover looks: that of a saga, save that what is waited for is people.
_HANDOVERS = LOOKS | {"waiting": ("waiting", "Waits for people")}
SHAPES = {"prepared": "queued", "copying": "active", "verified": "pass", "released": "done", "received": "done",
           "expired": "on_hold", "retracted": "cancelled"}  # fmt: skip


def handed_over(delivery: Delivery) -> list[tuple[str, str]]:
    """Return the steps of a handover as they are shown: `past`, `now`, `ahead` or `undone`, and the words."""
    handover, shown = delivery.handover, []
    if handover is None:
        return []
    done = set(handover.done) | ({"arrive"} if delivery.state in _ARRIVED else set())
    over = handover.state in ("compensating", "compensated", "stuck")
    for name, wanted, said in _HANDOVER:
        if over:
            shown.append(("undone" if name in handover.done else "ahead", wanted))
        elif name in done:
            shown.append(("past", _instead(handover, name) or said))
        else:
            shown.append(("ahead" if any(when == "now" for when, _ in shown) else "now", wanted))
    return shown


def _instead(handover: Handover, step: str) -> str:
    """Return what is said of a step that was done, but not as usual; empty where it was."""
    if step == "deliver" and handover.left:
        return "The samples that could be are delivered"
    if step == "tell" and not handover.mailed:
        return "No mail was sent: nobody said an address"
    return ""


@page("/deliveries", needs="deliveries.read")
async def deliveries(visit: Visit) -> Shown:
    """Show one page of deliveries."""
    return await _list(visit)


async def _list(visit: Visit, *, status: int = 200, form: forms.Form | None = None) -> Shown:
    address = Address.of(visit.request, ("state", "sample"), default_sort="-updated")
    address = Address(path="/deliveries", values=address.values, default_sort="-updated")
    found = await visit.api(Customers).deliveries(**address.query("state"), sort=address.sort, after=address["after"])
    blank = forms.of(NewDelivery).filled({"samples": [address["sample"]] if address["sample"] else []})
    return visit.page(
        "pages/deliveries.html",
        title="Deliveries",
        status=status,
        topics="sample",
        address=address,
        found=found,
        form=form or blank,
        opened=form is not None or bool(address["sample"]),
        states=[(state, words.words(state)) for state in STATES],
        shapes=SHAPES,
    )


@action("/deliveries", needs="deliveries.write")
async def prepare(visit: Visit) -> Shown:
    """Prepare a delivery."""
    form = forms.of(NewDelivery)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    # Codes come from lists and scanners: with commas, blanks or line ends between them.
    values["samples"] = visit.form.get("samples", "").replace(",", " ").split()
    try:
        made = await visit.api(Customers).prepare(values, visit.key)
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        return await _list(visit, status=422, form=form.refused(problem, visit.form))
    return visit.go(f"/deliveries/{made.code}", f"{made.code} prepared: now say which files")


@page("/deliveries/{code:str}", needs="deliveries.read")
async def delivery(visit: Visit, code: str) -> Shown:
    """Show one delivery."""
    return await _one(visit, code)


async def _one(visit: Visit, code: str, *, status: int = 200, **given: Any) -> Shown:
    address = Address.of(visit.request, ())
    address = Address(path=f"/deliveries/{code}", values=address.values)
    client = visit.api(Customers)
    found = await client.delivery(code)
    form = _details(found)
    shown: dict[str, Any] = {
        "form": form.filled({item.name: getattr(found, item.name) for item in form.fields}),
        "problem": None,
        "typed": "",
        "steps": STEPS[found.state] if visit.can("deliveries.write") else (),
    }
    return visit.page(
        "pages/delivery.html",
        title=f"Delivery {found.code}",
        status=status,
        topics="sample",
        address=address,
        delivery=found,
        files=await client.files(code, after=address["after"]),
        looks=(await client.verifications(code)).items,
        shapes=SHAPES,
        handover=handed_over(found),
        looks_of=_HANDOVERS,
        **(shown | given),
    )


def _details(found: Any) -> forms.Form:
    """Return the form of what can still be changed: once it left the house, only how long the data are kept."""
    left = found.state not in ("prepared", "copying", "verified")
    return forms.of(DeliveryPatch, skip=("method", "destination", "link_url", "note") if left else ())


@action("/deliveries/{code:str}/manifest", needs="deliveries.write")
async def set_manifest(visit: Visit, code: str) -> Shown:
    """Take the files from MinKNOW's output_hash file, or from one that sha256sum wrote."""
    seen = int(visit.form.get("version") or 0)
    said = visit.form.get("sums", "")
    # MinKNOW's file begins with the names of its columns; a line of sha256sum begins with a sum.
    asked = {"output_hash" if "file_hash" in said.partition("\n")[0] else "sha256sum": said}
    try:
        done = await visit.api(Customers).set_manifest(code, asked, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _one(visit, code, status=422, problem=problem, typed=said)
    left = f"; say whose data {counted(done.unassigned_count, 'file')} are" if done.unassigned_count else ""
    return visit.go(f"/deliveries/{code}", f"The manifest is kept{left}")


@action("/deliveries/{code:str}/assignments", needs="deliveries.write")
async def assign(visit: Visit, code: str) -> Shown:
    """Say whose data the files of a folder are, or that they go to all."""
    form, seen = visit.form, int(visit.form.get("version") or 0)
    asked: dict[str, Any] = {"sample": form.get("sample") or None}
    if "folder" in form:
        asked["folder"] = form["folder"]
    try:
        await visit.api(Customers).assign_files(code, asked, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        return await _one(visit, code, status=422, problem=problem)
    return visit.go(f"/deliveries/{code}", "Assigned")


@action("/deliveries/{code:str}/details", needs="deliveries.write")
async def change(visit: Visit, code: str) -> Shown:
    """Change how and where to."""
    form = _details(await visit.api(Customers).delivery(code))
    seen = int(visit.form.get("version") or 0)
    values = {name: "" if value is None else value for name, value in form.read(visit.form).items()}
    values["retention_until"] = values.get("retention_until") or None
    try:
        await visit.api(Customers).change_delivery(code, values, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _one(visit, code, status=422, form=form.refused(problem, visit.form))
    return visit.go(f"/deliveries/{code}", "Saved")


@action("/deliveries/{code:str}/redelivery", needs="deliveries.write")
async def redeliver(visit: Visit, code: str) -> Shown:
    """Prepare the same files once more."""
    try:
        made = await visit.api(Customers).redeliver(code, visit.key)
    except errors.Conflict as problem:
        return await _one(visit, code, status=409, problem=problem)
    return visit.go(f"/deliveries/{made.code}", f"{made.code} prepared with the same files")


@action("/deliveries/{code:str}/moves", needs="deliveries.write")
async def move(visit: Visit, code: str) -> Shown:
    """Move a delivery."""
    asked: dict[str, Any] = {"to": visit.form.get("to", ""), "reason": visit.form.get("reason", "")}
    if visit.form.get("link_days", "").isdecimal():
        asked["link_days"] = int(visit.form["link_days"])
    try:
        done = await visit.api(Customers).move_delivery(code, asked, visit.key)
    except (errors.Invalid, errors.Conflict, errors.Forbidden) as problem:
        if isinstance(problem, errors.Unauthenticated):
            raise
        return await _one(visit, code, status=problem.status, problem=problem)
    return visit.go(f"/deliveries/{code}", f"{done.code} is {words.words(done.state).lower()}")


ROUTES = [deliveries, prepare, delivery, set_manifest, assign, change, redeliver, move]
