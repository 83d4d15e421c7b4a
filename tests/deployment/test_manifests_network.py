"""Network policies are what the table of dependencies says, and the table is what manifests and product need."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from nanopore_tracking import registry
from scripts import network_policies
from tests.deployment import agreed
from tests.deployment.rendering import DEPLOYMENT, Thing, named, of_kind, render, render_folder, workload
from tests.deployment.rules import policies, settings

Edge = policies.Edge


def table() -> set[Edge]:
    """Return the edges of dependencies.yaml."""
    return {(edge["from"], edge["to"], port) for edge in agreed.dependencies()["edges"] for port in edge["ports"]}


def outside() -> dict[str, Any]:
    """Return who is not a pod of the product."""
    found: dict[str, Any] = agreed.dependencies()["outside"]
    return found


def test_the_policies_are_written_from_the_table() -> None:
    assert network_policies.PAGE.read_text("utf-8") == network_policies.page(agreed.dependencies()), (
        "make policies writes the file again"
    )


def test_everything_is_closed_that_is_not_opened() -> None:
    things = render("openshift")
    assert policies.open_by_default(things) == []

    named(things, "NetworkPolicy", "default-deny")["spec"]["policyTypes"] = ["Ingress"]

    assert policies.open_by_default(things) != []


def test_what_is_open_is_what_the_table_says() -> None:
    things = render("openshift")

    assert policies.edges(things, outside(), "ingress") == {edge for edge in table() if edge[1] not in outside()}
    assert policies.edges(things, outside(), "egress") == {edge for edge in table() if edge[0] not in outside()}


def test_an_edge_too_many_is_found() -> None:
    things = render("openshift")
    rules = named(things, "NetworkPolicy", "web-reaches")["spec"]["egress"]
    rules.append({"to": [{"podSelector": {"matchLabels": {"app": "sample-db"}}}], "ports": [{"port": 5432}]})

    assert policies.edges(things, outside(), "egress") - table() == {("web", "sample-db", 5432)}


def test_no_edge_is_there_twice() -> None:
    edges = [(edge["from"], edge["to"], port) for edge in agreed.dependencies()["edges"] for port in edge["ports"]]

    assert sorted(edges) == sorted(table())


def test_one_policy_lets_in_for_each_edge() -> None:
    inward = [one for one in of_kind(render("openshift"), "NetworkPolicy") if one["spec"].get("ingress")]
    names = {f"{source}-to-{target}" for source, target, _ in table() if target not in outside()}

    assert {one["metadata"]["name"] for one in inward} == names


def test_everybody_may_ask_for_names() -> None:
    spec = named(render("openshift"), "NetworkPolicy", "names")["spec"]

    assert spec["podSelector"] == {}
    # OpenShift's resolvers listen on 5353, and a policy sees the port of the pod.
    assert {(port["port"], port["protocol"]) for port in spec["egress"][0]["ports"]} == {
        (53, "UDP"),
        (53, "TCP"),
        (5353, "UDP"),
        (5353, "TCP"),
    }


def test_the_table_names_the_pods_that_there_are() -> None:
    things = [*render("openshift"), *render_folder(DEPLOYMENT / "testing")]
    alone = set(agreed.dependencies()["alone"])
    edges = [*table(), *((name, "anywhere", 443) for name in alone)]
    inside = [(source, target, port) for source, target, port in edges]

    assert policies.without_edge(things, inside, set(outside())) == []
    assert policies.without_edge(things, [*inside, ("coffee", "web", 8000)], set(outside())) != []
    assert policies.without_edge(things, [edge for edge in inside if "audit-db" not in edge], set(outside())) != []


#: Where each Secret's addresses lead, as deployment/secrets.yaml says.
def _secrets() -> dict[str, dict[str, str]]:
    databases = {str(registry.load(name).database_env): name for name in registry.NAMES if registry.load(name).database}
    databases |= {f"NANOPORE_BACKUP_{name.upper()}_URL": name for name in databases.values()}
    found: dict[str, dict[str, str]] = {}
    for secret, keys in agreed.secret_keys().items():
        found[secret] = {}
        for key in keys:
            name = databases.get(key.replace("_OWNER_URL", "_URL"))
            found[secret][key] = f"postgresql://role:word@{name}-db:5432/any" if name else "any"
    return found


def _needed(things: list[Thing], pod: str) -> Iterator[Edge]:
    """Yield what the variables of a pod make it talk to."""
    for variable, value in settings.environment(things, workload(things, pod), _secrets()).items():
        for address in value.split(",") if variable.endswith("_URL") else []:
            parts = urlsplit(address.strip())
            host = (parts.hostname or "").rpartition(".")[2]
            if parts.scheme in ("http", "postgresql", "nats") and parts.hostname != "127.0.0.1":
                yield pod, host, int(parts.port or 0)


@pytest.mark.parametrize("pod", [*map(agreed.deployment_of, registry.NAMES), "migration"])
def test_a_pod_may_reach_what_its_settings_name_and_nothing_more(pod: str) -> None:
    reaches = {edge for edge in table() if edge[0] == pod and edge[1] not in outside()}

    assert set(_needed(render("openshift"), pod)) == reaches


def test_every_port_of_a_policy_is_one_that_the_pod_has() -> None:
    things = [*render("openshift"), *render_folder(DEPLOYMENT / "testing")]
    for _, target, port in table():
        if target not in outside():
            containers = workload(things, target).containers()
            assert port in {one["containerPort"] for container in containers for one in container.get("ports", [])}
