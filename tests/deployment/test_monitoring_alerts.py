"""Alerts: each is tried out both ways, says how grave it is, and leads to a page that says what to do."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts import monitoring_rules
from tests.deployment import monitoring
from tests.deployment.monitoring import CASES, RULES
from tests.deployment.rendering import ROOT, Thing
from tests.deployment.rules import alerts as rules


def test_every_alert_says_how_grave_it_is_and_leads_to_a_runbook() -> None:
    assert rules.unfit_alerts(monitoring.alerts(monitoring.groups()), ROOT) == []


def test_every_page_of_operations_is_in_the_index_and_every_runbook_has_its_alert() -> None:
    assert rules.stray_runbooks(monitoring.alerts(monitoring.groups()), ROOT) == []


def test_the_index_tells_how_grave_each_alert_is() -> None:
    assert rules.severities_told(ROOT) == rules.severities(monitoring.alerts(monitoring.groups()))


def test_every_alert_is_tried_out_both_ways() -> None:
    assert rules.untried_alerts(monitoring.alerts(monitoring.groups()), monitoring.cases()) == []


def test_the_operators_rules_are_those_of_the_files() -> None:
    assert monitoring_rules.PAGE.read_text("utf-8") == monitoring_rules.page(), "make rules writes the file again"
    made = yaml.safe_load(monitoring_rules.page())
    assert made["spec"]["groups"] == monitoring.groups()


def test_prometheus_takes_every_rule() -> None:
    files = [str(file) for file in sorted(RULES.glob("*.yml"))]
    code, said = monitoring.run(monitoring.tool("promtool"), "check", "rules", *files)

    assert (code, said.count("SUCCESS")) == (0, len(files)), said


@pytest.mark.parametrize("file", sorted(CASES.glob("*.yml")), ids=lambda file: file.stem)
def test_alerts_fire_when_they_should_and_only_then(file: Path, tmp_path: Path) -> None:
    (tmp_path / "rules").symlink_to(RULES)
    (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")

    code, said = monitoring.run(monitoring.tool("promtool"), "test", "rules", file.name, cwd=tmp_path)

    assert code == 0, said


def test_an_alert_that_does_not_fire_when_it_should_is_found(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    for file in RULES.glob("*.yml"):
        text = file.read_text("utf-8").replace("(event_bus_halted) > 0", "(event_bus_halted) > 1")
        (tmp_path / "rules" / file.name).write_text(text, "utf-8")
    (tmp_path / "events.yml").write_text((CASES / "events.yml").read_text("utf-8"), "utf-8")

    code, said = monitoring.run(monitoring.tool("promtool"), "test", "rules", "events.yml", cwd=tmp_path)

    assert (code != 0, "EventsHalted" in said) == (True, True)


def _an_alert(**changes: Any) -> Thing:
    return {**monitoring.alerts(monitoring.groups())[0], **changes}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"labels": {}}, "has no severity"),
        ({"labels": {"severity": "urgent"}}, "has no severity"),
        ({"annotations": {"runbook_url": "docs/operations/pool-exhausted.md"}}, "has no summary"),
        ({"annotations": {"summary": "It is so."}}, "does not lead to"),
        ({"alert": "CoffeeCold"}, "does not lead to docs/operations/coffee-cold.md"),
    ],
)
def test_a_careless_alert_is_found(change: Thing, sentence: str) -> None:
    assert any(sentence in found for found in rules.unfit_alerts([_an_alert(**change)], ROOT))


def test_an_alert_that_is_not_tried_out_is_found() -> None:
    found = monitoring.alerts(monitoring.groups())
    fires = [case for case in monitoring.cases() if any(look["exp_alerts"] for look in case["alert_rule_test"])]
    for case in fires:
        case["alert_rule_test"] = [look for look in case["alert_rule_test"] if look["exp_alerts"]]

    assert len(rules.untried_alerts(found, [])) == len({one["alert"] for one in found}) + len(found)
    assert any("does not fire" in sentence for sentence in rules.untried_alerts(found, fires))


def test_a_runbook_without_an_alert_or_a_way_to_it_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "docs" / "operations"
    folder.mkdir(parents=True)
    (folder / "README.md").write_text("See [coffee](coffee-cold.md).", "utf-8")
    (folder / "coffee-cold.md").write_text("# CoffeeCold\nMake some.", "utf-8")
    (folder / "tea.md").write_text("# Making tea\n", "utf-8")

    assert rules.stray_runbooks([], tmp_path) == [
        "coffee-cold.md: there is no alert CoffeeCold",
        "the index does not lead to tea.md",
    ]
