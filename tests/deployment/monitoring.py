"""The files that Prometheus, AlertManager and Grafana go by, and what stands in them."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deployment.rendering import DEPLOYMENT, ROOT, Thing, of_kind, render

FILES = DEPLOYMENT / "openshift" / "files" / "monitoring"
RULES = FILES / "prometheus" / "rules"
DASHBOARDS = FILES / "grafana" / "dashboards"
CASES = Path(__file__).parent / "alerts"
#: What Grafana puts in where dashboards leave a place, as Prometheus can read it.
_PLACES = {"$__rate_interval": "5m", "$service": ".*"}

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_BRACES = re.compile(r"\{[^{}]*\}")
_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_LABELS = re.compile(r"\b(by|without|on|ignoring|group_left|group_right)\s*\(([^()]*)\)")
_NAME = re.compile(r"(?<![\w.:])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])")
_MATCHED = re.compile(r"([a-zA-Z_:][\w:]*)\s*\{([^{}]*)\}")
_MATCHER = re.compile(r'([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)\s*"')
_WORDS = frozenset({"and", "or", "unless", "offset", "bool", "by", "without", "on", "ignoring", "inf", "nan"})


@dataclass(frozen=True)
class Asked:
    """An expression that somebody asks Prometheus. where: who, for a sentence."""

    where: str
    expr: str

    @property
    def names(self) -> set[str]:
        """The metrics in it."""
        bare = _BRACKETS.sub(" ", _LABELS.sub(" ", _BRACES.sub(" ", _QUOTED.sub('""', self.expr))))
        return {name for name in _NAME.findall(bare) if name.lower() not in _WORDS}

    @property
    def matched(self) -> set[tuple[str, str]]:
        """Each metric with a label by which it is chosen."""
        found = _MATCHED.findall(self.expr)
        return {(name, label) for name, matchers in found for label in _MATCHER.findall(matchers)}

    @property
    def grouped(self) -> set[str]:
        """The labels by which something is grouped or joined."""
        found = _LABELS.findall(_QUOTED.sub('""', self.expr))
        return {label.strip() for _, labels in found for label in labels.split(",") if label.strip()}


def tool(name: str) -> str:
    """Return promtool or amtool; without it, the test is skipped."""
    found = shutil.which(name) or shutil.which(str(ROOT / ".venv" / "bin" / name))
    if found is None:
        pytest.skip(f"{name} is not installed here; scripts/install-monitoring-tools.sh fetches it where it can.")
    return found


def run(*command: str, cwd: Path | None = None) -> tuple[int, str]:
    """Run a program; return its code and what it said."""
    # promtool takes a third less time when it collects no garbage.
    environ = os.environ | {"GOGC": "off"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=environ)
    return done.returncode, done.stdout + done.stderr


def groups(folder: Path = RULES) -> list[Thing]:
    """Return all groups of rules."""
    return [group for file in sorted(folder.glob("*.yml")) for group in _read(file)["groups"]]


def alerts(found: Sequence[Thing]) -> list[Thing]:
    """Return the alerts of groups."""
    return [rule for group in found for rule in group["rules"] if "alert" in rule]


def cases() -> list[Thing]:
    """Return every test of rules."""
    return [case for file in sorted(CASES.glob("*.yml")) for case in _read(file)["tests"]]


def dashboards(folder: Path = DASHBOARDS) -> dict[str, Thing]:
    """Return file name → dashboard."""
    return {file.name: json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json"))}


def config(name: str) -> Any:
    """Return a file of files/monitoring as it is read."""
    return _read(FILES / name)


def asked_by_rules(found: Sequence[Thing]) -> Iterator[Asked]:
    """Yield what rules ask."""
    for group in found:
        for rule in group["rules"]:
            yield Asked(f"the rule {rule.get('alert') or rule['record']}", rule["expr"])


def asked_by_dashboards(found: Mapping[str, Thing]) -> Iterator[Asked]:
    """Yield what dashboards ask, with something in each place."""
    for name, dashboard in found.items():
        for panel in dashboard["panels"]:
            for target in panel.get("targets", []):
                yield Asked(f"{name}, {panel['title']}", _filled(target["expr"]))
        for variable in dashboard["templating"]["list"]:
            series = re.fullmatch(r"label_values\((.+), \w+\)", variable["query"]["query"])
            assert series is not None, f"{name}: the variable {variable['name']} asks in a way that is not known here"
            yield Asked(f"{name}, variable {variable['name']}", series[1])


def asked_by_autoscalers() -> Iterator[Asked]:
    """Yield what autoscalers ask, in the base through prometheus-adapter and in the component `keda` directly."""
    adapter = _read(DEPLOYMENT / "openshift" / "files" / "autoscaling" / "prometheus-adapter.yaml")
    for rule in adapter["rules"]:
        query = rule["metricsQuery"].replace("<<.LabelMatchers>>", 'pod=~".+"').replace("<<.GroupBy>>", "pod")
        yield Asked(f"prometheus-adapter for {rule['name']['as']}", query)
        yield Asked(f"prometheus-adapter, where it looks for {rule['name']['as']}", rule["seriesQuery"])
    for scaler in of_kind(render("openshift", "keda"), "ScaledObject"):
        for trigger in scaler["spec"]["triggers"]:
            if trigger["type"] == "prometheus":
                yield Asked(f"ScaledObject {scaler['metadata']['name']}", trigger["metadata"]["query"])


def adapted() -> set[str]:
    """Return the metrics that prometheus-adapter makes."""
    adapter = _read(DEPLOYMENT / "openshift" / "files" / "autoscaling" / "prometheus-adapter.yaml")
    return {rule["name"]["as"] for rule in adapter["rules"]}


def scaled_by(things: Sequence[Thing]) -> set[str]:
    """Return the metrics of pods that HorizontalPodAutoscalers name."""
    return {
        metric["pods"]["metric"]["name"]
        for scaler in of_kind(things, "HorizontalPodAutoscaler")
        for metric in scaler["spec"]["metrics"]
        if metric["type"] == "Pods"
    }


def _filled(expr: str) -> str:
    for place, value in _PLACES.items():
        expr = expr.replace(place, value)
    return expr


def _read(file: Path) -> Any:
    return yaml.safe_load(file.read_text("utf-8"))
