"""What reaches the customer of one submission: links to its status page, mails, deliveries; and the packing slip."""

from typing import Any

from nanopore_tracking.contracts.api.sample.status_links import NewStatusLink
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms
from nanopore_tracking.web.clients.customers import Customers
from nanopore_tracking.web.clients.sample import Intake
from nanopore_tracking.web.pages.settings_tabs import tabs
from nanopore_tracking.web.visit import Shown, Visit, action, page


@page("/submissions/{code:str}/contact", needs="submissions.read")
async def contact(visit: Visit, code: str) -> Shown:
    """Show links, mails and deliveries of a submission."""
    return await _show(visit, code)


async def _show(visit: Visit, code: str, *, status: int = 200, **given: Any) -> Shown:
    found, client = await visit.api(Intake).submission(code), visit.api(Customers)
    shown: dict[str, Any] = {"form": forms.of(NewStatusLink), "made": None, "problem": None}
    return visit.page(
        "pages/contact.html",
        title=f"{found.code} contact",
        status=status,
        topics="sample",
        submission=found,
        links=(await client.links(code)).items,
        mails=(await client.mails(submission_id=found.id, limit=100)).items,
        outlet=await client.outlet(),
        deliveries=(await client.deliveries(submission_id=found.id, limit=100)).items,
        **(shown | given),
    )


@action("/submissions/{code:str}/contact/links", needs="submissions.write")
async def make_link(visit: Visit, code: str) -> Shown:
    """Make a status link, and show it once."""
    form = forms.of(NewStatusLink)
    values = {name: value for name, value in form.read(visit.form).items() if value is not None}
    try:
        made = await visit.api(Customers).make_link(code, values, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _show(visit, code, status=422, form=form.refused(problem, visit.form))
    return await _show(visit, code, made={"url": visit.front.public_url + made.path, "label": made.label})


@action("/submissions/{code:str}/contact/links/{link_id:str}", needs="submissions.write")
async def revoke_link(visit: Visit, code: str, link_id: str) -> Shown:
    """Revoke a status link."""
    try:
        await visit.api(Customers).revoke_link(code, link_id, visit.key)
    except errors.Conflict as problem:
        return await _show(visit, code, status=409, problem=problem)
    return visit.go(f"/submissions/{code}/contact", "Revoked: the link shows nothing any more")


@action("/submissions/{code:str}/contact/mails/{mail_id:str}", needs="submissions.accept")
async def mail_again(visit: Visit, code: str, mail_id: str) -> Shown:
    """Try a mail again."""
    try:
        await visit.api(Customers).mail_again(code, mail_id, visit.key)
    except errors.Conflict as problem:
        return await _show(visit, code, status=409, problem=problem)
    return visit.go(f"/submissions/{code}/contact", "It is sent again")


@page("/submissions/{code:str}/slip", needs="submissions.read")
async def slip(visit: Visit, code: str) -> Shown:
    """Show the packing slip: what lies in the box, to be printed."""
    intake = visit.api(Intake)
    found = await intake.submission(code)
    rows: list[Any] = []
    after = None
    while len(rows) < 2000:
        part = await intake.rows(code, after=after, limit=200)
        rows += part.items
        after = part.next
        if after is None:
            break
    return visit.page("pages/slip.html", title=f"Packing slip {found.code}", submission=found, rows=rows)


@page("/settings/mail", needs="submissions.accept")
async def mail(visit: Visit) -> Shown:
    """Show whether mails are sent, and the latest ones."""
    client = visit.api(Customers)
    return visit.page(
        "pages/settings_mail.html",
        title="Mail",
        topics="sample",
        tabs=tabs(visit),
        outlet=await client.outlet(),
        mails=(await client.mails(limit=100)).items,
    )


ROUTES = [contact, make_link, revoke_link, mail_again, slip, mail]
