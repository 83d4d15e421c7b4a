"""What Prometheus, AlertManager and Grafana read: each of them can, and everything is where they look."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deployment import monitoring
from tests.deployment.monitoring import FILES
from tests.deployment.rendering import ROOT, Thing, named, render, workload
from tests.deployment.rules import monitoring as rules


def _prometheus() -> Thing:
    found: Thing = monitoring.config("prometheus/prometheus.yml")
    return found


def _provider() -> Thing:
    found: Thing = monitoring.config("grafana/providers.yml")
    return found


def _targets() -> list[Thing]:
    found: list[Thing] = monitoring.config("prometheus/alertmanagers.yml")
    return found


@pytest.mark.parametrize("overlay", ["kubernetes", "openshift"])
def test_every_file_is_mounted_where_it_is_read(overlay: str) -> None:
    things = render(overlay)

    assert rules.unread_files(things, _prometheus(), _provider()) == []
    assert rules.wrong_targets(things, _prometheus(), _targets()) == []


def test_where_the_cluster_tells_of_alerts_the_product_does_not() -> None:
    things = render("openshift", "user-workload-monitoring")

    assert [thing["kind"] for thing in things if thing["metadata"]["name"] == "alertmanager"] == []
    (name,) = [
        thing["metadata"]["name"]
        for thing in things
        if thing["metadata"]["name"].startswith("prometheus-alertmanagers") and thing["kind"] == "ConfigMap"
    ]
    assert yaml.safe_load(named(things, "ConfigMap", name)["data"]["alertmanagers.yml"]) == []
    monitor = named(things, "PodMonitor", "nanopore-tracking")["spec"]
    port = monitor["podMetricsEndpoints"][0]["port"]
    for service in ("sample-service", "ai-service", "audit-service", "backup-service", "config-service", "web"):
        one = workload(things, service)
        assert monitor["selector"]["matchLabels"].items() <= one.labels.items()
        assert one.labels[monitor["jobLabel"]] == service
        assert port in [each["name"] for each in one.pod["containers"][0]["ports"]]


def test_prometheus_looks_for_pods_in_its_own_namespace_only() -> None:
    things = render("openshift")
    (discovery,) = [job for job in _prometheus()["scrape_configs"] if "kubernetes_sd_configs" in job]

    assert discovery["kubernetes_sd_configs"] == [{"role": "pod", "namespaces": {"own_namespace": True}}]
    assert workload(things, "prometheus").pod["automountServiceAccountToken"] is True
    assert named(things, "Role", "prometheus")["rules"] == [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}
    ]
    assert [thing for thing in things if thing["kind"].startswith("ClusterRole")] == []


def test_kube_state_metrics_may_see_what_it_is_to_tell() -> None:
    things = render("openshift")
    container = workload(things, "kube-state-metrics").pod["containers"][0]
    told = next(word for word in container["args"] if word.startswith("--resources=")).partition("=")[2].split(",")
    seen = [name for rule in named(things, "Role", "kube-state-metrics")["rules"] for name in rule["resources"]]

    assert sorted(seen) == sorted(told)


def test_a_password_of_grafana_is_in_no_file() -> None:
    for file in FILES.rglob("*"):
        assert not file.is_file() or not re.search(r"(?i)password|secret:", file.read_text("utf-8")), file


def _without_discovery(place: Any) -> Any:
    """Return the configuration with another way to find pods: Debian's promtool does not know Kubernetes."""
    if isinstance(place, dict):
        return {
            "static_configs" if key == "kubernetes_sd_configs" else key: (
                [{"targets": ["localhost:8000"]}] if key == "kubernetes_sd_configs" else _without_discovery(value)
            )
            for key, value in place.items()
        }
    return [_without_discovery(value) for value in place] if isinstance(place, list) else place


def config_problems(config: Thing, folder: Path) -> str:
    """What promtool says against a configuration; empty when it would be taken."""
    promtool, file = monitoring.tool("promtool"), folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(config), "utf-8")
    code, said = monitoring.run(promtool, "check", "config", "--syntax-only", str(file))
    if code and "kubernetes_sd_configs not found" in said:
        file.write_text(yaml.safe_dump(_without_discovery(config)), "utf-8")
        code, said = monitoring.run(promtool, "check", "config", "--syntax-only", str(file))
    return said if code else ""


def test_prometheus_takes_its_configuration(tmp_path: Path) -> None:
    assert config_problems(_prometheus(), tmp_path) == ""
    spoilt = _prometheus()
    spoilt["scrape_configs"][0]["scrape_intervall"] = "15s"
    assert "scrape_intervall" in config_problems(spoilt, tmp_path)


def test_alertmanager_takes_its_configuration(tmp_path: Path) -> None:
    amtool, spoilt = monitoring.tool("amtool"), monitoring.config("alertmanager/alertmanager.yml")

    code, said = monitoring.run(amtool, "check-config", str(FILES / "alertmanager" / "alertmanager.yml"))
    assert code == 0, said
    spoilt["receivers"][0]["email_configs"] = [{"to": "lab@example.org", "subject": "An alert"}]
    (tmp_path / "alertmanager.yml").write_text(yaml.safe_dump(spoilt), "utf-8")
    code, said = monitoring.run(amtool, "check-config", str(tmp_path / "alertmanager.yml"))
    assert (code != 0, "subject" in said) == (True, True)


def test_alertmanager_takes_what_the_guide_says_of_mail(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "operations" / "README.md").read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(route:.*?)```", guide, re.DOTALL)
    amtool = monitoring.tool("amtool")

    (tmp_path / "alertmanager.yml").write_text(example, "utf-8")
    code, said = monitoring.run(amtool, "check-config", str(tmp_path / "alertmanager.yml"))

    assert code == 0, said
    assert yaml.safe_load(example)["route"] == monitoring.config("alertmanager/alertmanager.yml")["route"]


def _mount(things: list[Thing], owner: str, name: str) -> Thing:
    mounts = workload(things, owner).pod["containers"][0]["volumeMounts"]
    found: Thing = next(mount for mount in mounts if mount["name"] == name)
    return found


@pytest.mark.parametrize(
    ("owner", "volume", "sentence"),
    [
        ("prometheus", "rules", "not every file of rules"),
        ("prometheus", "config", "where nothing is mounted"),
        ("prometheus", "alertmanagers", "nothing is mounted at"),
        ("alertmanager", "config", "where nothing is mounted"),
        ("grafana", "dashboards", "not every dashboard"),
        ("grafana", "datasources", "finds no datasources"),
        ("grafana", "providers", "finds no dashboards"),
    ],
)
def test_a_file_that_is_mounted_where_nobody_looks_is_found(owner: str, volume: str, sentence: str) -> None:
    things = render("openshift")
    _mount(things, owner, volume)["mountPath"] = "/elsewhere"

    found = rules.unread_files(things, _prometheus(), _provider())

    assert any(sentence in problem for problem in found), found


def test_a_target_that_nobody_has_is_found() -> None:
    things = render("openshift")
    spoilt = copy.deepcopy(_prometheus())
    spoilt["scrape_configs"][1]["static_configs"][0]["targets"] = ["kube-state-metrics:80"]
    spoilt["scrape_configs"][0]["relabel_configs"][0]["regex"] = "nanopore;http"

    found = rules.wrong_targets(things, spoilt, [{"targets": ["alertmanager:80"]}])

    assert "nobody answers at kube-state-metrics:80" in found
    assert "nobody answers at alertmanager:80" in found
    assert "web is found, or not found, against what is meant" in found
