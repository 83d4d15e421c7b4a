"""What is asked of Prometheus is told by somebody: the running product, kube-state-metrics, Prometheus itself."""

from collections.abc import Iterable, Mapping

import pytest
from prometheus_client.parser import text_string_to_metric_families

from nanopore_tracking import registry
from tests.deployment import monitoring
from tests.deployment.monitoring import Asked
from tests.deployment.rendering import render, workload

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
