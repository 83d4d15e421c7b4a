"""Manifests as they are rendered: every rule holds for every overlay and component, and each violation is found."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest

from nanopore_tracking import __version__
from tests.deployment import agreed
from tests.deployment.rendering import (
    DEPLOYMENT,
    ROOT,
    WAYS,
    Thing,
    named,
    of_kind,
    render,
    render_folder,
    workload,
    workloads,
)
from tests.deployment.rules import kinds, pods, references, settings, steps

pytestmark = pytest.mark.long

Rule = Callable[[Sequence[Thing]], list[str]]

#: What the settings in the manifests say.
DRAIN_S, LEAVE_S, POOL_MAX = 20.0, 0.0, 20

RULES: dict[str, Rule] = {
    "restricted": pods.unrestricted,
    "careless": pods.careless,
    "bounds": pods.unbounded,
    "probes": pods.without_probes,
    "port names": pods.nameless_ports,
    "spread": pods.crowded,
    "end": partial(pods.abrupt, drain_s=DRAIN_S, leave_s=LEAVE_S),
    "selectors": references.selected_by_nobody,
    "ports": references.wrong_ports,
    "references": partial(references.missing, secrets=agreed.secret_keys()),
    "mounts": references.loose_mounts,
    "own secrets": partial(references.own_secrets_only, owners=agreed.SECRET_OWNERS),
    "literal secrets": references.literal_secrets,
    "scaling": partial(references.scaling_problems, least=agreed.LEAST),
    "budgets": partial(references.strict_budgets, least=agreed.LEAST),
    "connections": partial(references.crowded_databases, pool_max=POOL_MAX),
    "steps": partial(references.without_step, steps=agreed.STEPS),
    "order": steps.needed_later,
    "variables": partial(settings.wrong_variables, secrets=agreed.secret_values()),
    "accounts": pods.fixed_accounts,
    "numbers": partial(pods.nameless_accounts, own="nanopore-tracking-app"),
    "volumes": pods.unwritable_volumes,
    "kinds": kinds.invalid,
}
_OF_ONE = {"accounts": "openshift", "numbers": "kubernetes", "volumes": "kubernetes"}


@pytest.mark.parametrize("way", WAYS, ids="+".join)
def test_every_way_of_deploying_keeps_the_rules(way: tuple[str, ...]) -> None:
    things = render(*way)

    for name, rule in RULES.items():
        if name != "kinds" and _OF_ONE.get(name, way[0]) == way[0]:
            assert rule(things) == [], name


def test_every_object_fits_the_schema_of_its_kind() -> None:
    things = [thing for way in WAYS for thing in render(*way)]

    assert kinds.invalid([*things, *render_folder(DEPLOYMENT / "testing"), _namespace()]) == []


def test_the_load_test_keeps_the_rules() -> None:
    things = [*render("openshift"), *render_folder(DEPLOYMENT / "testing")]

    for name in ("restricted", "careless", "bounds", "references", "mounts", "own secrets", "literal secrets"):
        assert RULES[name](things) == []


def _pod(things: list[Thing], name: str = "sample-service") -> Thing:
    return workload(things, name).pod


def _first(things: list[Thing], name: str = "sample-service") -> Thing:
    found: Thing = _pod(things, name)["containers"][0]
    return found


def _change(*path: Any, to: Any) -> Callable[[Thing], None]:
    def change(thing: Thing) -> None:
        place: Any = thing
        for step in path[:-1]:
            place = place[step]
        if to is None:
            del place[path[-1]]
        else:
            place[path[-1]] = to

    return change


def _of(kind: str, name: str) -> Callable[[list[Thing]], Thing]:
    return lambda things: named(things, kind, name)


HPA = "HorizontalPodAutoscaler"
_STEP = "nanopore-tracking/step"
VIOLATIONS: list[tuple[str, Callable[[list[Thing]], Thing], Callable[[Thing], None]]] = [
    ("restricted", _pod, _change("securityContext", "runAsNonRoot", to=None)),
    ("restricted", _pod, _change("securityContext", "seccompProfile", to=None)),
    ("restricted", _pod, _change("hostNetwork", to=True)),
    ("restricted", _pod, _change("volumes", 0, to={"name": "tmp", "hostPath": {"path": "/"}})),
    ("restricted", _first, _change("securityContext", "allowPrivilegeEscalation", to=True)),
    ("restricted", _first, _change("securityContext", "capabilities", to={"drop": ["NET_RAW"]})),
    ("restricted", _first, _change("securityContext", "readOnlyRootFilesystem", to=False)),
    ("careless", _pod, _change("serviceAccountName", to="web")),
    ("careless", _pod, _change("serviceAccountName", to="default")),
    ("careless", _pod, _change("automountServiceAccountToken", to=None)),
    ("careless", _pod, _change("enableServiceLinks", to=None)),
    ("bounds", _first, _change("resources", "limits", to={"cpu": "1"})),
    ("bounds", _pod, _change("volumes", 0, "emptyDir", to={})),
    ("probes", _first, _change("startupProbe", to=None)),
    ("probes", _first, _change("readinessProbe", "httpGet", "port", to="web")),
    ("port names", _first, _change("ports", 0, "name", to="api")),
    ("spread", _pod, _change("topologySpreadConstraints", to=[])),
    ("spread", _pod, _change("topologySpreadConstraints", 0, "labelSelector", to={"matchLabels": {"app": "web"}})),
    ("end", _first, _change("lifecycle", to={})),
    ("end", _pod, _change("terminationGracePeriodSeconds", to=30)),
    ("selectors", _of("Service", "web"), _change("spec", "selector", to={"app.kubernetes.io/name": "www"})),
    (
        "selectors",
        _of("Service", "web"),
        _change("spec", "selector", to={"app.kubernetes.io/part-of": "nanopore-tracking"}),
    ),
    ("selectors", _of("PodDisruptionBudget", "web"), _change("spec", "selector", to={"matchLabels": {"app": "www"}})),
    (
        "selectors",
        _of("Deployment", "web"),
        _change("spec", "selector", "matchLabels", to={"app.kubernetes.io/part-of": "nanopore-tracking"}),
    ),
    ("ports", _of("Service", "web"), _change("spec", "ports", 0, "targetPort", to="https")),
    ("ports", _of("Service", "web"), _change("spec", "ports", 0, "appProtocol", to=None)),
    ("ports", _of("Route", "web"), _change("spec", "port", "targetPort", to="https")),
    ("ports", _of("Route", "web"), _change("spec", "to", "name", to="www")),
    ("references", _first, _change("envFrom", 0, "configMapRef", "name", to="settings")),
    ("references", _first, _change("envFrom", 1, "secretRef", "name", to="sample-env")),
    ("references", _first, _change("env", 0, "valueFrom", "secretKeyRef", "key", to="pass")),
    ("mounts", _pod, _change("volumes", to=[])),
    ("mounts", _first, _change("volumeMounts", to=[])),
    ("own secrets", _first, _change("envFrom", 1, "secretRef", "name", to="config-service-env")),
    ("own secrets", _first, _change("envFrom", 1, "secretRef", "name", to="migration-env")),
    ("literal secrets", _first, _change("env", 0, to={"name": "NATS_PASSWORD", "value": "nats"})),
    ("literal secrets", _of("Service", "web"), _change("kind", to="Secret")),
    ("scaling", _of(HPA, "web"), _change("spec", "minReplicas", to=1)),
    ("scaling", _of(HPA, "web"), _change("spec", "maxReplicas", to=2)),
    ("scaling", _of(HPA, "web"), _change("spec", "scaleTargetRef", "name", to="sample-service")),
    ("scaling", _of("Deployment", "web"), _change("spec", "replicas", to=2)),
    ("scaling", _of("Deployment", "backup-service"), _change("spec", "replicas", to=2)),
    ("budgets", _of("PodDisruptionBudget", "web"), _change("spec", "maxUnavailable", to=0)),
    ("budgets", _of("PodDisruptionBudget", "web"), _change("spec", "maxUnavailable", to=2)),
    ("budgets", _of("PodDisruptionBudget", "web"), _change("spec", "unhealthyPodEvictionPolicy", to=None)),
    ("connections", _of(HPA, "sample-service"), _change("spec", "maxReplicas", to=20)),
    ("steps", _of("Service", "web"), _change("metadata", "labels", to={})),
    ("order", _of("PersistentVolumeClaim", "backups"), _change("metadata", "labels", _STEP, to="monitoring")),
    ("variables", _first, _change("env", 0, to={"name": "NANOPORE_COFFEE", "value": "black"})),
    ("accounts", _pod, _change("securityContext", "runAsUser", to=10001)),
    ("accounts", _first, _change("securityContext", "runAsGroup", to=0)),
    ("numbers", _first, _change("image", to="docker/whalesay")),
    ("volumes", _pod, _change("volumes", 0, to={"name": "tmp", "persistentVolumeClaim": {"claimName": "ai-objects"}})),
    ("kinds", _of("Deployment", "web"), _change("spec", "template", "spec", "imagePullPolicy", to="Always")),
    ("kinds", _of("Deployment", "web"), _change("kind", to="Deployments")),
    ("kinds", _of("Route", "web"), _change("spec", "tls", "termination", to="Edge")),
    ("kinds", _of("Route", "web"), _change("spec", "to", "kind", to="Pod")),
    ("kinds", _of("Route", "web"), _change("spec", "port", to=None)),
]


@pytest.mark.parametrize(("rule", "find", "spoil"), VIOLATIONS)
def test_a_violation_is_found(rule: str, find: Callable[[list[Thing]], Thing], spoil: Callable[[Thing], None]) -> None:
    things = render(_OF_ONE.get(rule, "openshift"))
    place = find(things)
    looked_at = things if rule != "kinds" else [place]
    before = RULES[rule](looked_at)

    spoil(place)

    assert before == []
    assert RULES[rule](looked_at) != []


def _namespace() -> Thing:
    import yaml

    found: Thing = yaml.safe_load((DEPLOYMENT / "namespace.yaml").read_text("utf-8"))
    return found


def test_the_namespace_refuses_what_is_not_restricted() -> None:
    labels = _namespace()["metadata"]["labels"]

    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_an_object_without_a_namespace_goes_where_it_is_told() -> None:
    assert [thing for way in WAYS for thing in render(*way) if "namespace" in thing["metadata"]] == []


def test_the_six_differ_only_where_they_must() -> None:
    for way in (("openshift",), ("openshift", "canary")):
        things = render(*way)
        served = [one for one in workloads(things) if one.kind == "Deployment" and one.name in agreed.LEAST]
        served += [one for one in workloads(things) if one.name == "sample-service-canary"]
        shapes = {one.name: _shape(one.owner) for one in served}
        first = shapes.pop("sample-service")

        assert len(served) == len(agreed.LEAST) + way.count("canary")
        for name, shape in shapes.items():
            assert shape == first, name


def _shape(deployment: Thing) -> Thing:
    """Return what all Deployments of the product have in common."""
    name, spec = deployment["metadata"]["name"], deployment["spec"]
    pod = spec["template"]["spec"]
    container = pod["containers"][0]
    for place, keys in (
        (spec, ("replicas", "strategy")),
        (container, ("name", "args", "env", "envFrom", "image")),
        (spec["template"], ("metadata",)),
    ):
        for key in keys:
            place.pop(key, None)
    container["volumeMounts"] = [mount for mount in container["volumeMounts"] if mount["name"] == "tmp"]
    pod["volumes"] = [volume for volume in pod["volumes"] if volume["name"] == "tmp"]
    shape: Thing = _renamed(spec, name)
    return shape


def _renamed(thing: Any, name: str) -> Any:
    if isinstance(thing, dict):
        return {key: _renamed(value, name) for key, value in thing.items()}
    if isinstance(thing, list):
        return [_renamed(value, name) for value in thing]
    return "itself" if thing == name else thing


def test_the_base_has_the_version_of_the_product() -> None:
    for one in workloads([*render("kubernetes"), *render_folder(DEPLOYMENT / "testing")]):
        own = [c["image"] for c in one.containers() if c["image"].startswith("nanopore-tracking-app")]
        assert own in ([], [f"nanopore-tracking-app:{__version__}"])
        assert not own or one.labels["version"] == __version__


def test_the_autoscalers_of_keda_are_those_of_the_base() -> None:
    base = {one["metadata"]["name"]: one["spec"] for one in of_kind(render("openshift"), "HorizontalPodAutoscaler")}
    keda = {one["metadata"]["name"]: one["spec"] for one in of_kind(render("openshift", "keda"), "ScaledObject")}

    assert base.keys() == keda.keys()
    for name, spec in keda.items():
        other = base[name]
        assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (other["minReplicas"], other["maxReplicas"])
        assert spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"] == other["behavior"]
        assert len(spec["triggers"]) == len(other["metrics"])
        assert (len(spec["triggers"]) > 1) == ("fallback" in spec)


def test_autoscalers_grow_at_once_and_shrink_slowly() -> None:
    for scaler in of_kind(render("openshift"), "HorizontalPodAutoscaler"):
        up, down = scaler["spec"]["behavior"]["scaleUp"], scaler["spec"]["behavior"]["scaleDown"]
        cpu = scaler["spec"]["metrics"][0]["resource"]
        assert (up["stabilizationWindowSeconds"], up["selectPolicy"]) == (0, "Max")
        assert down["stabilizationWindowSeconds"] >= 300
        assert down["selectPolicy"] == "Min"
        assert (cpu["name"], cpu["target"]["averageUtilization"]) == ("cpu", 70)


def test_without_custom_metrics_an_autoscaler_asks_for_none() -> None:
    for scaler in of_kind(render("kubernetes", "cpu-only"), "HorizontalPodAutoscaler"):
        assert [metric["type"] for metric in scaler["spec"]["metrics"]] == ["Resource"]


def test_the_yaml_is_well_written() -> None:
    program = [sys.executable, "-m", "yamllint", "--strict", "-c", str(ROOT / ".yamllint.yaml"), str(DEPLOYMENT)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
