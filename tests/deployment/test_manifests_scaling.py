"""What autoscalers ask for is computed by rules, from metrics that running services have, and is never unknown."""

import re
from pathlib import Path

import yaml

from tests.deployment import monitoring
from tests.deployment.rendering import DEPLOYMENT, of_kind, render

ADAPTER = DEPLOYMENT / "openshift" / "files" / "autoscaling" / "prometheus-adapter.yaml"
_METRIC = re.compile(r"\b((?:event_bus|database)_[a-z_]+)\b")


def _adapter() -> dict[str, str]:
    """Return what prometheus-adapter is asked for, with the query that answers."""
    rules = yaml.safe_load(ADAPTER.read_text("utf-8"))["rules"]
    return {rule["name"]["as"]: rule["metricsQuery"] for rule in rules}


def _keda() -> list[str]:
    scaled = of_kind(render("openshift", "keda"), "ScaledObject")
    triggers = [trigger for one in scaled for trigger in one["spec"]["triggers"] if trigger["type"] == "prometheus"]
    return [trigger["metadata"]["query"] for trigger in triggers]


def test_every_measure_has_a_rule_and_every_rule_is_asked_for() -> None:
    scalers = of_kind(render("openshift"), "HorizontalPodAutoscaler")
    asked = {
        metric["pods"]["metric"]["name"]
        for scaler in scalers
        for metric in scaler["spec"]["metrics"]
        if metric["type"] == "Pods"
    }

    assert asked == set(_adapter())


def test_queries_ask_for_metrics_of_services() -> None:
    """That services tell these, test_product.py looks at."""
    asked = {name for one in monitoring.asked_by_autoscalers() for name in one.names}
    names = {name for query in (*_adapter().values(), *_keda()) for name in _METRIC.findall(query)}

    assert len(names) >= 4
    assert names <= asked


def test_the_queries_can_be_asked(tmp_path: Path) -> None:
    promtool = monitoring.tool("promtool")
    queries = [
        query.replace("<<.GroupBy>>", "pod").replace("<<.LabelMatchers>>", 'namespace="a",pod=~"b"')
        for query in _adapter().values()
    ]
    rules = [{"record": f"asked:{n}", "expr": query} for n, query in enumerate((*queries, *_keda()))]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": rules}]}))

    code, said = monitoring.run(promtool, "check", "rules", str(file))

    assert code == 0, said


def test_a_pod_without_events_is_not_unknown() -> None:
    """An autoscaler with a measure that is missing makes nothing smaller, so that each query falls back."""
    for name, query in _adapter().items():
        assert "database_connection_pool_limit{<<.LabelMatchers>>}" in query, name
