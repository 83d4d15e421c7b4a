"""Dashboards: Grafana can show them, and Prometheus can answer what they ask."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deployment import monitoring
from tests.deployment.rendering import Thing
from tests.deployment.rules import dashboards as rules

DASHBOARDS = {
    "Service Overview",
    "Event Bus",
    "Database Performance",
    "Resource Usage",
    "Error Tracking",
    "Laboratory",
}


def _uids() -> set[str]:
    return {source["uid"] for source in monitoring.config("grafana/datasources.yml")["datasources"]}


def test_the_dashboards_are_those_that_were_agreed_on_and_can_be_shown() -> None:
    found = monitoring.dashboards()

    assert {dashboard["title"] for dashboard in found.values()} == DASHBOARDS
    assert rules.unfit_dashboards(found, _uids()) == []


def expression_problems(asked: list[monitoring.Asked], folder: Path) -> str:
    """What promtool says against expressions, each as a rule of its own; empty when all can be asked."""
    made = [{"record": f"asked:{number}", "expr": one.expr} for number, one in enumerate(asked)]
    file = folder / "asked.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": made}]}), "utf-8")
    code, said = monitoring.run(monitoring.tool("promtool"), "check", "rules", str(file))
    return said if code else ""


def test_prometheus_can_answer_every_dashboard_and_autoscaler(tmp_path: Path) -> None:
    asked = [*monitoring.asked_by_dashboards(monitoring.dashboards()), *monitoring.asked_by_autoscalers()]

    assert len(asked) > 80
    assert expression_problems(asked, tmp_path) == ""
    spoilt = [*asked, monitoring.Asked("a dashboard", "sum by (service (up)")]
    assert "could not parse expression" in expression_problems(spoilt, tmp_path)


def _panel(dashboard: Thing) -> Thing:
    found: Thing = dashboard["panels"][0]
    return found


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda d: d.update(dashboard={}), "no dashboard"),
        (lambda d: d.update(schemaVersion=16), "schema"),
        (lambda d: d.update(uid=""), "uid"),
        (lambda d: _panel(d).update(type="graph"), "graph is not drawn"),
        (lambda d: _panel(d).update(title=""), "no title"),
        (lambda d: _panel(d)["fieldConfig"]["defaults"].pop("unit"), "no unit"),
        (lambda d: _panel(d).update(targets=[]), "asks nothing"),
        (lambda d: _panel(d)["targets"][0]["datasource"].update(uid="PBFA97"), "data source"),
        (lambda d: _panel(d)["gridPos"].update(w=20), "stands on another"),
    ],
)
def test_a_careless_dashboard_is_found(spoil: Callable[[Thing], Any], sentence: str) -> None:
    found = monitoring.dashboards()
    spoil(found["laboratory.json"])

    assert any(sentence in problem for problem in rules.unfit_dashboards(found, _uids()))
