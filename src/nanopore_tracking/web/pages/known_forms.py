"""The forms that are known: what each calls its fields, its choices, a trial on a document, and what was learnt."""

from collections.abc import Sequence
from typing import Any

from nanopore_tracking.contracts.form import FORM_FIELDS
from nanopore_tracking.contracts.manifest import FIELDS
from nanopore_tracking.kernel import errors
from nanopore_tracking.web.clients.known_forms import KnownForms
from nanopore_tracking.web.pages.form_review import title
from nanopore_tracking.web.pages.settings_tabs import tabs
from nanopore_tracking.web.visit import Shown, Visit, action, page

_PATH = "/settings/forms"
_GROUP_PARTS = ("field", "label", "kind", "options")


@page(_PATH, needs="documents.read")
async def known(visit: Visit) -> Shown:
    """Show the forms that are known and what corrections taught."""
    return await _known(visit)


async def _known(visit: Visit, *, status: int = 200, problem: Any = None) -> Shown:
    client = visit.api(KnownForms)
    return visit.page(
        "pages/settings_forms.html",
        title="Forms",
        status=status,
        tabs=tabs(visit),
        templates=await client.templates(),
        labels=await client.labels(),
        problem=problem,
        title_of=title,
        wanted=visit.form.get("name", ""),
        fingerprint=visit.form.get("fingerprint", ""),
    )


@action(_PATH, needs="templates.write")
async def create(visit: Visit) -> Shown:
    """Let a form be known, by its name and the texts that are on it alone."""
    asked = {"name": visit.form.get("name", "").strip(), "content": {"fingerprint": _lines(visit, "fingerprint")}}
    try:
        made = await visit.api(KnownForms).create(asked, key=visit.key)
    except (errors.Invalid, errors.Conflict) as problem:
        return await _known(visit, status=422, problem=problem)
    return visit.go(f"{_PATH}/{made.id}", f"{made.name} is known; say what it calls its fields")


@page(f"{_PATH}/{{template_id:str}}", needs="documents.read")
async def template(visit: Visit, template_id: str) -> Shown:
    """Show what is known of one form."""
    return await _show(visit, template_id)


async def _show(visit: Visit, template_id: str, *, status: int = 200, **given: Any) -> Shown:
    client = visit.api(KnownForms)
    found = await client.template(template_id)
    shown: dict[str, Any] = {"content": _builtins(found.content), "problem": None, "outcome": None, "tried": ""}
    documents = await client.documents() if visit.can("templates.write") else []
    return visit.page(
        "pages/settings_form.html",
        title=found.name,
        status=status,
        tabs=tabs(visit),
        template=found,
        fields=[(each.name, each.title) for each in FORM_FIELDS],
        columns=[(each.name, each.title) for each in FIELDS],
        documents=documents,
        title_of=title,
        **(shown | given),
    )


def _builtins(content: Any) -> dict[str, Any]:
    return {name: getattr(content, name) for name in content.__struct_fields__}


@action(f"{_PATH}/{{template_id:str}}", needs="templates.write")
async def change(visit: Visit, template_id: str) -> Shown:
    """Try what is in the form on a document, or keep it."""
    client, content = visit.api(KnownForms), _content(visit)
    tried = visit.form.get("document_id", "")
    try:
        if visit.form.get("do") == "try":
            outcome = await client.attempt(tried, content, key=visit.key)
            return await _show(visit, template_id, content=content, outcome=outcome, tried=tried)
        asked = {"content": content, "active": visit.form.get("active") == "true"}
        seen = int(visit.form.get("version") or 0)
        made = await client.change(template_id, asked, match=seen, key=visit.key)
    except (errors.Invalid, errors.Conflict, errors.NotFound) as problem:
        return await _show(visit, template_id, status=422, content=content, problem=problem, tried=tried)
    return visit.go(f"{_PATH}/{template_id}", f"Saved as version {made.version}")


def _content(visit: Visit) -> dict[str, Any]:
    """Return what the form says of a template; what is blank is left out."""
    said = visit.form
    labels = {each.name: _words(said.get(f"label-{each.name}", "")) for each in FORM_FIELDS}
    columns = {each.name: _words(said.get(f"column-{each.name}", "")) for each in FIELDS}
    count = sum(1 for name in said if name.startswith("group-") and name.endswith("-field"))
    groups = [
        _group({part: said.get(f"group-{number}-{part}", "") for part in _GROUP_PARTS}) for number in range(count)
    ]
    return {
        "title": said.get("title", "").strip(),
        "fingerprint": _lines(visit, "fingerprint"),
        "labels": {name: words for name, words in labels.items() if words},
        "columns": {name: words for name, words in columns.items() if words},
        "groups": [
            group | {"required": said.get(f"group-{number}-required") == "true"}
            for number, group in enumerate(groups)
            if group["field"] and group["options"]
        ],
        "ignored": _lines(visit, "ignored"),
    }


def _group(said: dict[str, str]) -> dict[str, Any]:
    options = []
    for line in said["options"].splitlines():
        label, equals, value = (part.strip() for part in line.rpartition(" = "))
        if line.strip():
            options.append({"label": label if equals else value, "value": value})
    return {"field": said["field"], "label": said["label"].strip(), "kind": said["kind"] or "many", "options": options}


def _words(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _lines(visit: Visit, name: str) -> Sequence[str]:
    return [line.strip() for line in visit.form.get(name, "").splitlines() if line.strip()]


@action(f"{_PATH}/labels/{{label_id:str}}", needs="templates.write")
async def forget(visit: Visit, label_id: str) -> Shown:
    """Forget what a label means."""
    await visit.api(KnownForms).forget(label_id, key=visit.key)
    return visit.go(_PATH, "Forgotten; what was read with it stays as it is")


ROUTES = [known, create, template, change, forget]
