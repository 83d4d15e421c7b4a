"""What each service declares: guarded routes, events as its README says them, settings that the docs explain."""

import inspect
import re
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from nanopore_tracking import registry
from nanopore_tracking.contracts import access
from nanopore_tracking.kernel.events import Event
from nanopore_tracking.kernel.http import guard
from nanopore_tracking.kernel.service import Service

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "nanopore_tracking"
SERVICES = {name: registry.load(name) for name in registry.NAMES}
WITH_DATABASE = {name: service for name, service in SERVICES.items() if service.database}
_EVENT = re.compile(r"`([a-z_]+)(\.[a-z_]+)`")
#: What the names of events begin with.
_ABOUT = {event.type.partition(".")[0] for service in SERVICES.values() for event in service.events}


def unguarded_routes(service: Service) -> list[str]:
    """Routes without a policy, or with one that nobody could have."""
    found = []
    for route in service.routes:
        try:
            guard.policy_of(route, frozenset(access.PERMISSIONS))
        except guard.Unguarded as fault:
            found.append(str(fault))
    return found


def stray_routes(service: Service) -> list[str]:
    """Routes outside the addresses that the service answers for."""
    return [
        path
        for route in service.routes
        for path in route.paths
        if not any(path == own or path.startswith((f"{own}/", f"{own.rstrip('/')}/")) for own in service.paths)
    ]


def unlimited_lists(service: Service) -> list[str]:
    """Lists that could answer with everything there is, or that cannot be continued."""
    return [
        f"{route.handler_name} at {', '.join(route.paths)}"
        for route in service.routes
        if "Paged[" in str(inspect.signature(route.fn).return_annotation)
        and not {"limit", "after"} <= inspect.signature(route.fn).parameters.keys()
    ]


def unconditional_changes(service: Service) -> list[str]:
    """Changes of existing things that do not ask for If-Match."""
    return [
        f"{', '.join(route.http_methods)} {', '.join(route.paths)}"
        for route in service.routes
        if {"PUT", "PATCH"} & set(route.http_methods) and not route.opt.get("match")
    ]


def readme_differences(service: Service, readme: str) -> list[str]:
    """Events that the README names and the code does not know, and the reverse."""
    handled = {event for subscription in service.subscriptions for event in subscription.handlers or {}}
    code = {event.type for event in (*service.events, *handled)}
    told = {about + what for about, what in _EVENT.findall(readme) if about in _ABOUT}
    return [f"{name} is only in the README" for name in sorted(told - code)] + [
        f"{name} is only in the code" for name in sorted(code - told)
    ]


def event_differences(service: Service, declared: dict[str, type[Event]], code: str) -> list[str]:
    """Event classes of a service's contract that it does not list or never announces."""
    listed = {event.__name__ for event in service.events}
    return [f"{name} is in the contract and not in service.py" for name in sorted(declared.keys() - listed)] + [
        f"{name} is never announced" for name in sorted(listed) if not re.search(rf"\b{name}\(", code)
    ]


def _contract(name: str) -> dict[str, type[Event]]:
    try:
        module = import_module(f"nanopore_tracking.contracts.events.{name}")
    except ModuleNotFoundError:
        return {}
    return {
        key: value
        for key, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Event) and "type" in vars(value)
    }


def _code(name: str) -> str:
    folder = PACKAGE / "services" / name
    return "\n".join(file.read_text("utf-8") for file in folder.rglob("*.py") if file.name != "service.py")


@pytest.mark.parametrize("name", SERVICES)
def test_every_route_states_its_policy(name: str) -> None:
    assert unguarded_routes(SERVICES[name]) == []


@pytest.mark.parametrize("name", WITH_DATABASE)
def test_every_route_is_under_the_services_own_addresses(name: str) -> None:
    assert stray_routes(SERVICES[name]) == []


@pytest.mark.parametrize("name", WITH_DATABASE)
def test_every_list_is_limited(name: str) -> None:
    assert unlimited_lists(SERVICES[name]) == []


@pytest.mark.parametrize("name", WITH_DATABASE)
def test_every_change_of_an_existing_thing_asks_for_its_version(name: str) -> None:
    assert unconditional_changes(SERVICES[name]) == []


@pytest.mark.parametrize("name", WITH_DATABASE)
def test_the_readme_names_the_events_of_the_code(name: str) -> None:
    readme = (PACKAGE / "services" / name / "README.md").read_text("utf-8")

    assert readme_differences(SERVICES[name], readme) == []


@pytest.mark.parametrize("name", WITH_DATABASE)
def test_every_event_of_the_contract_is_announced(name: str) -> None:
    assert event_differences(SERVICES[name], _contract(name), _code(name)) == []


def idle_permissions(permissions: Iterable[str], policies: set[Any], code: str) -> list[str]:
    """Permissions that no route states and no code asks for."""
    return [name for name in permissions if name not in policies and f'"{name}"' not in code]


def test_every_permission_guards_something() -> None:
    policies = {route.opt.get("policy") for service in SERVICES.values() for route in service.routes}
    files = [*(PACKAGE / "kernel").rglob("*.py"), *(PACKAGE / "services").rglob("*.py")]
    code = "\n".join(file.read_text("utf-8") for file in files)

    assert idle_permissions(access.PERMISSIONS, policies, code) == []
    assert idle_permissions(["nothing.at_all"], policies, code) == ["nothing.at_all"]


def _changed(service: Service, **values: Any) -> Service:
    return Service(**{name: getattr(service, name) for name in Service.__dataclass_fields__} | values)


class _Route:
    """A route as the rules see one."""

    paths = ("/api/elsewhere/{thing_id:uuid}",)
    http_methods = ("PATCH",)
    handler_name = "change"
    opt: dict[str, Any] = {}  # noqa: RUF012 (nothing is put in)

    @staticmethod
    async def fn(request: Any) -> "Paged[Any]":  # type: ignore[name-defined]  # noqa: F821
        """Answer."""


@pytest.mark.parametrize("rule", [unguarded_routes, stray_routes, unlimited_lists, unconditional_changes])
def test_a_careless_route_is_found(rule: Any) -> None:
    assert rule(_changed(SERVICES["audit"], routes=[_Route])) != []


def test_an_event_that_the_readme_forgets_or_invents_is_found() -> None:
    found = readme_differences(SERVICES["backup"], "Announces `backup.requested` and `backup.dreamt`.")

    assert "backup.dreamt is only in the README" in found
    assert "backup.failed is only in the code" in found


def test_an_event_that_is_never_announced_is_found() -> None:
    found = event_differences(SERVICES["backup"], _contract("backup"), "tx.announce(events.BackupRequested(), …)")

    assert "BackupFailed is never announced" in found
    assert "BackupRequested is never announced" not in found
