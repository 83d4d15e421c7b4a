"""What is asked of Prometheus is told by somebody: the running product, kube-state-metrics, Prometheus itself."""

import re
from collections.abc import Iterable, Mapping

import pytest
from prometheus_client.parser import text_string_to_metric_families

from nanopore_tracking import registry
from tests.deployment import monitoring
from tests.deployment.monitoring import Asked
from tests.deployment.rendering import render, workload
from tests.harness.product import Product

#: Metric → its labels.
Told = dict[str, set[str]]

#: What every metric gets where it is asked for.
TARGET = {"job", "instance", "namespace", "pod"}
#: What Prometheus tells of itself.
OWN: Told = {"up": set(), "ALERTS": {"alertname", "alertstate", "severity", "service"}}
#: What kube-state-metrics tells, by the resource that it has to look at.
KUBE: dict[str, Told] = {
    "deployments": {"kube_deployment_status_replicas_available": {"deployment"}},
    "horizontalpodautoscalers": {
        "kube_horizontalpodautoscaler_spec_max_replicas": {"horizontalpodautoscaler"},
        "kube_horizontalpodautoscaler_status_condition": {"horizontalpodautoscaler", "condition", "status"},
        "kube_horizontalpodautoscaler_status_current_replicas": {"horizontalpodautoscaler"},
    },
    "persistentvolumeclaims": {
        "kube_persistentvolumeclaim_resource_requests_storage_bytes": {"persistentvolumeclaim"},
    },
    "pods": {
        "kube_pod_container_resource_limits": {"container", "resource", "unit"},
        "kube_pod_container_status_restarts_total": {"container"},
    },
    "statefulsets": {"kube_statefulset_status_replicas_ready": {"statefulset"}},
}
#: What is told as soon as the jobs of a fresh product have run and its first events were handled.
SOON = {
    "audit_missing_entries",
    "backup_last_drill_problems",
    "event_bus_events_total",
    "event_bus_processing_seconds_count",
    "form_reading_drift",
    "laboratory_samples",
}
#: What the product tells only where it is set up for it; tests/web/test_certificate.py lets it.
SOMETIMES: Told = {"web_certificate_expiry_timestamp_seconds": {"service", "host"}}


def unknown(asked: Iterable[Asked], told: Mapping[str, set[str]]) -> list[str]:
    """Metrics and labels that are asked for and that nobody tells."""
    found = []
    labels = set.union(*told.values()) | TARGET
    for one in asked:
        found += [f"{one.where} asks for {name}, which nobody tells" for name in sorted(one.names - told.keys())]
        found += [
            f"{one.where} asks for {name} by {label}, which it does not have"
            for name, label in sorted(one.matched)
            if name in told and label not in told[name] | TARGET
        ]
        found += [f"{one.where} groups by {label}, which nothing has" for label in sorted(one.grouped - labels)]
    return found


def recorded() -> Told:
    """Return what rules make, with the labels that they leave."""
    return {
        rule["record"]: Asked("", rule["expr"]).grouped
        for group in monitoring.groups()
        for rule in group["rules"]
        if "record" in rule
    }


def kube() -> Told:
    """Return what kube-state-metrics tells of the resources that it is told to look at."""
    arguments = workload(render("openshift"), "kube-state-metrics").pod["containers"][0]["args"]
    seen = next(word for word in arguments if word.startswith("--resources=")).partition("=")[2].split(",")
    return {name: labels for resource in seen for name, labels in KUBE.get(resource, {}).items()}


def told_in(text: str) -> Told:
    """Return the metrics that have a value, each with its labels; of a service's, only what the product's own tell."""
    found: Told = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.labels.get("service", "process") in (*registry.NAMES, "process"):
                found.setdefault(sample.name, set()).update(sample.labels)
    return found


async def _told(product: Product) -> Told:
    """Return what the product tells as soon as its jobs have run once."""
    client = product.anonymous()

    async def look() -> Told | None:
        answer = await client.get("/metrics")
        found = told_in(answer.text)
        return found if found.keys() >= SOON else None

    found: Told = await product.eventually(look)
    return found


async def test_everything_that_is_asked_for_is_told(product: Product) -> None:
    assert (await (await product.admin()).get("/api/samples")).is_success
    told = {**await _told(product), **recorded(), **OWN, **kube(), **SOMETIMES}
    asked = [
        *monitoring.asked_by_rules(monitoring.groups()),
        *monitoring.asked_by_dashboards(monitoring.dashboards()),
        *monitoring.asked_by_autoscalers(),
    ]

    assert unknown(asked, told) == []


async def test_no_metric_of_the_product_has_a_label_that_prometheus_gives(product: Product) -> None:
    assert {name: labels & TARGET for name, labels in (await _told(product)).items() if labels & TARGET} == {}


async def test_every_service_with_a_database_tells_of_sagas_and_of_its_pool_from_its_start_on(product: Product) -> None:
    text = (await product.anonymous().get("/metrics")).text
    for service in ("sample", "ai", "audit", "backup", "config"):
        for name in ("saga_active_transactions", "saga_failed_transactions", "database_connection_pool_waiting"):
            assert re.search(rf'^{name}\{{service="{service}"\}} \d', text, re.MULTILINE), (name, service)


def test_what_autoscalers_name_is_made_by_the_adapter() -> None:
    things = render("openshift")
    named = monitoring.scaled_by(things)

    assert named
    assert named - monitoring.adapted() == set()


@pytest.mark.parametrize(
    ("expr", "sentence"),
    [
        ("rate(http_request_total[5m]) > 0", "asks for http_request_total, which nobody tells"),
        ('sum by (service) (up{servce="web"})', "asks for up by servce, which it does not have"),
        ("sum by (sevice) (up)", "groups by sevice, which nothing has"),
        ("sum(up) / on (pod) group_left (nod) up", "groups by nod, which nothing has"),
        ('topk(10, up offset 5m unless on (pod) coffee{cold="up"})', "asks for coffee, which nobody tells"),
    ],
)
def test_what_nobody_tells_is_found(expr: str, sentence: str) -> None:
    assert [found.partition(" ")[2] for found in unknown([Asked("It", expr)], OWN)] == [sentence]


def test_names_are_found_in_expressions() -> None:
    asked = Asked(
        "", 'label_replace(a:b > 0.5, "x", "$1", "y", "(c)") or 0 * max by (d) (e{f="g", h!~"i"}[5m:1m]) > 1e3'
    )

    assert (asked.names, asked.matched, asked.grouped) == ({"a:b", "e"}, {("e", "f"), ("e", "h")}, {"d"})
