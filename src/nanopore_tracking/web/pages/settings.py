"""Settings: the facility, people, labs, projects, API tokens; what belongs to whom is decided by the services."""

from datetime import UTC, datetime
from typing import Any

from nanopore_tracking.contracts.api.config import AccountPatch, NewAccount, NewApiToken
from nanopore_tracking.contracts.api.sample.labs import LabPatch, NewLab
from nanopore_tracking.contracts.api.sample.projects import NewProject, ProjectPatch
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import forms, words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.config import Config
from nanopore_tracking.web.clients.sample import Intake
from nanopore_tracking.web.pages.settings_tabs import tabs
from nanopore_tracking.web.visit import Shown, Visit, action, page

ROLES = [
    (role, words.words(role))
    for role in ("submitter", "technician", "facility_manager", "auditor", "admin", "viewer", "instrument")
]


@page("/settings", needs="")
async def first(visit: Visit) -> Shown:
    """Go to the first page of settings that the person can use."""
    return visit.go(tabs(visit)[0].path)


@page("/settings/facility", needs="settings.read")
async def facility(visit: Visit) -> Shown:
    """Show the facility's settings."""
    return await _facility(visit)


async def _facility(visit: Visit, *, status: int = 200, problem: Any = None) -> Shown:
    found = (await visit.api(Config).settings()).items
    return visit.page(
        "pages/settings_facility.html",
        title="Facility",
        status=status,
        tabs=tabs(visit),
        settings=found,
        problem=problem,
    )


@action("/settings/facility/{name:str}", needs="settings.write")
async def set_facility(visit: Visit, name: str) -> Shown:
    """Give a setting another value."""
    value, seen = visit.form.get("value", "").strip(), int(visit.form.get("version") or 0)
    try:
        await visit.api(Config).change_setting(name, value, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _facility(visit, status=422, problem=problem)
    visit.front.forget_facility()
    return visit.go("/settings/facility", "Saved")


@page("/settings/labs", needs="labs.read")
async def labs(visit: Visit) -> Shown:
    """Show the labs."""
    return await _listed(visit, "labs")


@action("/settings/labs", needs="labs.write")
async def create_lab(visit: Visit) -> Shown:
    """Create a lab."""
    form = forms.of(NewLab)
    try:
        made = await visit.api(Intake).create_lab(_filled(form, visit), visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _listed(visit, "labs", status=422, form=form.refused(problem, visit.form))
    return visit.go("/settings/labs", f"{made.name} created")


@action("/settings/labs/{lab_id:str}", needs="labs.write")
async def change_lab(visit: Visit, lab_id: str) -> Shown:
    """Change a lab."""
    values = {name: "" if value is None else value for name, value in forms.of(LabPatch).read(visit.form).items()}
    try:
        await visit.api(Intake).change_lab(lab_id, values, match=int(visit.form.get("version") or 0), key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _listed(visit, "labs", status=422, problem=problem)
    return visit.go("/settings/labs", "Saved")


@page("/settings/projects", needs="projects.read")
async def projects(visit: Visit) -> Shown:
    """Show the projects."""
    return await _listed(visit, "projects")


@action("/settings/projects", needs="projects.write")
async def create_project(visit: Visit) -> Shown:
    """Create a project."""
    form = forms.of(NewProject, options={"lab_id": await _labs(visit)})
    try:
        made = await visit.api(Intake).create_project(_filled(form, visit), visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _listed(visit, "projects", status=422, form=form.refused(problem, visit.form))
    return visit.go("/settings/projects", f"{made.code} created")


@action("/settings/projects/{project_id:str}", needs="projects.write")
async def change_project(visit: Visit, project_id: str) -> Shown:
    """Change a project."""
    values = {name: value for name, value in forms.of(ProjectPatch).read(visit.form).items() if value is not None}
    seen = int(visit.form.get("version") or 0)
    try:
        await visit.api(Intake).change_project(project_id, values, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _listed(visit, "projects", status=422, problem=problem)
    return visit.go("/settings/projects", "Saved")


async def _listed(visit: Visit, what: str, *, status: int = 200, form: Any = None, problem: Any = None) -> Shown:
    address = Address.of(visit.request, ("q",))
    client = visit.api(Intake)
    if what == "labs":
        found: Any = await client.labs(q=address["q"], after=address["after"])
        edits = {str(item.id): forms.of(LabPatch).filled(_values(item, LabPatch)) for item in found.items}
        shown = form or forms.of(NewLab)
    else:
        found = await client.projects(q=address["q"], after=address["after"])
        edits = {str(item.id): forms.of(ProjectPatch).filled(_values(item, ProjectPatch)) for item in found.items}
        shown = form or forms.of(NewProject, options={"lab_id": await _labs(visit)})
    return visit.page(
        f"pages/settings_{what}.html",
        title=what.capitalize(),
        status=status,
        topics="sample",
        tabs=tabs(visit),
        address=address,
        found=found,
        edits=edits,
        form=shown,
        problem=problem,
    )


def _values(item: Any, patch: Any) -> dict[str, Any]:
    return {field.name: getattr(item, field.name) for field in forms.of(patch).fields}


async def _labs(visit: Visit) -> forms.Options:
    return [(str(lab.id), lab.name) for lab in (await visit.api(Intake).labs(active=True, limit=200)).items]


def _filled(form: forms.Form, visit: Visit) -> dict[str, Any]:
    return {name: value for name, value in form.read(visit.form).items() if value is not None}


@page("/settings/accounts", needs="accounts.read")
async def accounts(visit: Visit) -> Shown:
    """Show the accounts."""
    return await _accounts(visit)


async def _accounts(visit: Visit, *, status: int = 200, **given: Any) -> Shown:
    address = Address.of(visit.request, ("q",))
    try:
        known = await _labs(visit)
    except errors.Problem:
        known = []  # an administrator sees no labs, or the sample service does not answer: ids are shown
    shown: dict[str, Any] = {
        "address": address,
        "found": await visit.api(Config).accounts(q=address["q"], after=address["after"]),
        "form": forms.of(NewAccount, skip=("roles", "lab_ids")),
        "labs": known,
        "problem": None,
        "link": None,
    }
    return visit.page(
        "pages/settings_accounts.html",
        title="People",
        status=status,
        topics="config",
        tabs=tabs(visit),
        roles=ROLES,
        **(shown | given),
    )


def _memberships(visit: Visit) -> dict[str, list[str]]:
    roles = [role for role, _ in ROLES if visit.form.get(f"role-{role}") == "true"]
    labs_ = [
        name.removeprefix("lab-") for name, value in visit.form.items() if name.startswith("lab-") and value == "true"
    ]
    return {"roles": roles, "lab_ids": labs_}


@action("/settings/accounts", needs="accounts.write")
async def create_account(visit: Visit) -> Shown:
    """Create an account, and make the link that its owner signs in with first."""
    form = forms.of(NewAccount, skip=("roles", "lab_ids"))
    client = visit.api(Config)
    try:
        made = await client.create_account(_filled(form, visit) | _memberships(visit), visit.key)
        link = await client.make_link(made.id, f"{visit.key}:link")
    except (errors.Invalid, errors.Conflict) as problem:
        return await _accounts(visit, status=422, form=form.refused(problem, visit.form))
    return await _accounts(
        visit, link={"name": made.name, "url": visit.front.public_url + link.path, "until": link.expires_at}
    )


@action("/settings/accounts/{account_id:str}", needs="accounts.write")
async def change_account(visit: Visit, account_id: str) -> Shown:
    """Change an account."""
    form = forms.of(AccountPatch, skip=("roles", "lab_ids"))
    values = {name: "" if value is None else value for name, value in form.read(visit.form).items()} | _memberships(
        visit
    )
    seen = int(visit.form.get("version") or 0)
    try:
        await visit.api(Config).change_account(account_id, values, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _accounts(visit, status=422, problem=problem)
    return visit.go("/settings/accounts", "Saved")


@action("/settings/accounts/{account_id:str}/link", needs="accounts.write")
async def make_link(visit: Visit, account_id: str) -> Shown:
    """Make a one-time sign-in link for an account."""
    client = visit.api(Config)
    account, link = await client.account(account_id), await client.make_link(account_id, visit.key)
    return await _accounts(
        visit, link={"name": account.name, "url": visit.front.public_url + link.path, "until": link.expires_at}
    )


@page("/settings/tokens", needs="")
async def tokens(visit: Visit) -> Shown:
    """Show one's own API tokens."""
    return await _tokens(visit)


async def _tokens(visit: Visit, *, status: int = 200, form: Any = None, made: Any = None) -> Shown:
    found = (await visit.api(Config).tokens()).items
    blank = forms.of(NewApiToken, skip=("roles", "lab_ids"))
    return visit.page(
        "pages/settings_tokens.html",
        title="API tokens",
        status=status,
        tabs=tabs(visit),
        tokens=found,
        now=datetime.now(UTC),
        form=form or blank,
        made=made,
    )


@action("/settings/tokens", needs="")
async def make_token(visit: Visit) -> Shown:
    """Make an API token with one's own roles and labs."""
    form = forms.of(NewApiToken, skip=("roles", "lab_ids"))
    owned = {"roles": sorted(visit.person.roles), "lab_ids": list(visit.person.lab_ids)}
    try:
        made = await visit.api(Config).make_token(_filled(form, visit) | owned, visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _tokens(visit, status=422, form=form.refused(problem, visit.form))
    return await _tokens(visit, made=made)


@action("/settings/tokens/{token_id:str}/revocation", needs="")
async def revoke(visit: Visit, token_id: str) -> Shown:
    """Revoke an API token."""
    await visit.api(Config).revoke_token(token_id, visit.key)
    return visit.go("/settings/tokens", "Revoked: nothing is accepted with it any more")


ROUTES = [
    first,
    facility,
    set_facility,
    labs,
    create_lab,
    change_lab,
    projects,
    create_project,
    change_project,
    accounts,
    create_account,
    change_account,
    make_link,
    tokens,
    make_token,
    revoke,
]
