"""The component for traces: what it renders to on both platforms, and whether its configurations agree with it."""

from collections.abc import Sequence
from typing import Any

import pytest
import yaml

from tests.deployment.agreed import LEAST
from tests.deployment.rendering import DEPLOYMENT, Thing, named, of_kind, render, workload

COMPONENT = DEPLOYMENT / "components" / "otel"
PLATFORMS = pytest.mark.parametrize("platform", ["openshift", "kubernetes"])
PODS = ("otel-collector", "tempo")


def file(name: str) -> Any:
    """Return a configuration of the component."""
    return yaml.safe_load((COMPONENT / "files" / f"{name}.yaml").read_text("utf-8"))


def loose_ends(config: dict[str, Any]) -> set[str]:
    """Return what a collector's pipelines name and nobody defines, and what is defined and nobody names."""
    pipelines = config["service"]["pipelines"].values()
    used = {("extensions", name) for name in config["service"]["extensions"]}
    for pipeline in pipelines:
        used |= {(part, name) for part in ("receivers", "processors", "exporters") for name in pipeline.get(part, [])}
    connectors = set(config["connectors"])
    ends = {name: {part for part, one in used if one == name} for name in connectors}
    used = {(part, name) for part, name in used if name not in connectors}
    defined = {(part, name) for part in ("extensions", "receivers", "processors", "exporters") for name in config[part]}
    loose = {f"{part} {name}" for part, name in used ^ defined}
    return loose | {f"connectors {name}" for name, found in ends.items() if found != {"receivers", "exporters"}}


def open_ways(things: Sequence[Thing]) -> set[tuple[str, str, int]]:
    """Return (from, to, port) that the component's policies open in both directions."""
    into: set[tuple[str, str, int]] = set()
    out: set[tuple[str, str, int]] = set()
    for one in of_kind(things, "NetworkPolicy"):
        if one["metadata"]["name"].startswith(("traces-", "service-map-")):
            for mine in _apps(one["spec"]["podSelector"]):
                for rule in one["spec"].get("ingress", []):
                    into |= {(other, mine, port) for other in _peers(rule["from"]) for port in _ports(rule)}
                for rule in one["spec"].get("egress", []):
                    out |= {(mine, other, port) for other in _peers(rule["to"]) for port in _ports(rule)}
    assert into == out
    return into


def _apps(selector: dict[str, Any]) -> set[str]:
    assert selector["matchLabels"]["app.kubernetes.io/part-of"] == "nanopore-tracking"
    if "app" in selector["matchLabels"]:
        return {selector["matchLabels"]["app"]}
    return {value for one in selector["matchExpressions"] for value in one["values"]}


def _peers(peers: list[dict[str, Any]]) -> set[str]:
    return {app for peer in peers for app in _apps(peer["podSelector"])}


def _ports(rule: dict[str, Any]) -> set[int]:
    return {port["port"] for port in rule["ports"]}


def settings_name(things: Sequence[Thing]) -> str:
    """Return the name, with its digest, of the settings that all services read."""
    (found,) = (
        one["metadata"]["name"]
        for one in of_kind(things, "ConfigMap")
        if one["metadata"]["name"].startswith("nanopore-settings-")
    )
    return str(found)


@PLATFORMS
def test_every_service_is_told_where_its_spans_go(platform: str) -> None:
    things = render(platform, "otel")
    settings = settings_name(things)

    told = named(things, "ConfigMap", settings)["data"]
    assert told["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://otel-collector:4318"
    assert told["NANOPORE_TRACE_RATIO"] == "1"
    for name in LEAST:
        (container,) = workload(things, name).pod["containers"]
        assert {"configMapRef": {"name": settings}} in container["envFrom"]


@PLATFORMS
def test_the_ways_between_the_pods_are_open_and_no_others(platform: str) -> None:
    assert open_ways(render(platform, "otel")) == {
        *((service, "otel-collector", 4318) for service in LEAST),
        ("prometheus", "otel-collector", 8889),
        ("otel-collector", "tempo", 4318),
        ("grafana", "tempo", 3200),
    }


@PLATFORMS
def test_the_pods_get_an_account_where_the_platform_gives_none(platform: str) -> None:
    things = render(platform, "otel")

    for name in PODS:
        context = workload(things, name).pod["securityContext"]
        assert ({"runAsUser", "fsGroup"} <= context.keys()) == (platform == "kubernetes")


@PLATFORMS
def test_grafana_finds_traces_and_leads_to_them_from_metrics(platform: str) -> None:
    things = render(platform, "otel")
    (place,) = (
        one["configMap"]["name"] for one in workload(things, "grafana").pod["volumes"] if one["name"] == "datasources"
    )
    base = DEPLOYMENT / "openshift" / "files" / "monitoring" / "grafana" / "datasources.yml"

    told = named(things, "ConfigMap", place)["data"]
    assert list(told) == [base.name]
    metrics, traces = yaml.safe_load(told[base.name])["datasources"]
    (link,) = metrics["jsonData"].pop("exemplarTraceIdDestinations")
    assert [metrics] == yaml.safe_load(base.read_text("utf-8"))["datasources"]
    assert (link["name"], link["datasourceUid"]) == ("trace_id", traces["uid"])
    assert traces["url"] == f"http://tempo:{file('tempo')['server']['http_listen_port']}"
    assert traces["jsonData"]["serviceMap"]["datasourceUid"] == metrics["uid"]
    (prometheus,) = workload(things, "prometheus").pod["containers"]
    assert "--enable-feature=exemplar-storage" in prometheus["args"]


def test_prometheus_asks_the_collector() -> None:
    """It asks every pod of the product for the port of this name."""
    jobs = yaml.safe_load(
        (DEPLOYMENT / "openshift" / "files" / "monitoring" / "prometheus" / "prometheus.yml").read_text("utf-8")
    )["scrape_configs"]
    (kept,) = (rule["regex"] for rule in jobs[0]["relabel_configs"] if rule.get("action") == "keep")
    (container,) = workload(render("kubernetes", "otel"), "otel-collector").pod["containers"]

    assert kept == "nanopore-tracking;http"
    assert {"name": "http", "containerPort": 8889, "protocol": "TCP"} in container["ports"]


def test_services_lead_to_ports_on_which_somebody_listens() -> None:
    things = render("kubernetes", "otel")
    collector, tempo = file("collector"), file("tempo")
    listens = {
        "otel-collector": {
            "http-otlp": collector["receivers"]["otlp"]["protocols"]["http"]["endpoint"],
            "http": collector["exporters"]["prometheus"]["endpoint"],
            "http-health": collector["extensions"]["health_check"]["endpoint"],
        },
        "tempo": {
            "http-otlp": tempo["distributor"]["receivers"]["otlp"]["protocols"]["http"]["endpoint"],
            "http-tempo": f"0.0.0.0:{tempo['server']['http_listen_port']}",
        },
    }
    for name in PODS:
        (container,) = workload(things, name).pod["containers"]
        ports = {port["name"]: f"0.0.0.0:{port['containerPort']}" for port in container["ports"]}
        assert ports == listens[name]
        for port in named(things, "Service", name)["spec"]["ports"]:
            assert ports[port["targetPort"]] == f"0.0.0.0:{port['port']}"
    assert collector["exporters"]["otlphttp/tempo"]["endpoint"] == "http://tempo:4318"


def test_what_tempo_keeps_lies_on_its_volume() -> None:
    found = workload(render("kubernetes", "otel"), "tempo")

    (volume,) = found.owner["spec"]["volumeClaimTemplates"]
    mounts = {one["name"]: one["mountPath"] for one in found.pod["containers"][0]["volumeMounts"]}
    place, kept = mounts[volume["metadata"]["name"]], file("tempo")["storage"]["trace"]
    assert {kept["local"]["path"], kept["wal"]["path"]} == {f"{place}/blocks", f"{place}/wal"}


def test_the_collector_keeps_what_failed_and_what_was_slow_and_a_share() -> None:
    found = file("collector")

    policies = {one["type"] for one in found["processors"]["tail_sampling"]["policies"]}
    pipelines = found["service"]["pipelines"]
    assert policies == {"status_code", "latency", "probabilistic"}
    assert loose_ends(found) == set()
    assert "servicegraph" in pipelines["traces"]["exporters"], "the map counts what is not kept as well"
    assert "tail_sampling" in pipelines["traces/kept"]["processors"]
    assert pipelines["traces"]["processors"] == ["memory_limiter"]


def test_a_loose_end_in_the_collector_is_found() -> None:
    found = file("collector")
    found["service"]["pipelines"]["traces/kept"]["exporters"] = ["otlphttp/tmepo"]
    found["service"]["pipelines"]["metrics"]["receivers"] = ["servicegraph"]

    assert loose_ends(found) == {"exporters otlphttp/tmepo", "exporters otlphttp/tempo", "connectors spanmetrics"}


def test_a_way_that_is_open_at_one_end_only_is_found() -> None:
    things = [one for one in render("kubernetes", "otel") if one["metadata"]["name"] != "traces-from-otel-collector"]

    with pytest.raises(AssertionError):
        open_ways(things)
