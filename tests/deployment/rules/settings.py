"""The variables that a pod gets must be settings of what it runs: all that are needed, and none that is unknown."""

from collections.abc import Mapping, Sequence

from nanopore_tracking import registry
from nanopore_tracking.kernel.settings import KernelSettings, Setting, describe
from tests.deployment import agreed
from tests.deployment.rendering import Thing, Workload, named, workload

#: What the object store of a setting reads by itself.
FOREIGN = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_ENDPOINT"})
#: What only helps to put an address together.
PARTS = frozenset({"NATS_PASSWORD"})


def environment(things: Sequence[Thing], one: Workload, secrets: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the variables of the last container of a pod as kubelet would set them.

    secrets: name → key → value; a Secret that may be missing is left out when it is.
    """
    container = one.pod["containers"][-1]
    found: dict[str, str] = {}
    for source in container.get("envFrom", []):
        if "configMapRef" in source:
            found |= named(things, "ConfigMap", source["configMapRef"]["name"])["data"]
        else:
            found |= secrets[source["secretRef"]["name"]]
    for variable in container.get("env", []):
        reference = variable.get("valueFrom", {}).get("secretKeyRef")
        if reference is not None:
            if reference["name"] in secrets or not reference.get("optional"):
                found[variable["name"]] = secrets[reference["name"]][reference["key"]]
        elif "value" in variable:
            found[variable["name"]] = _expanded(variable["value"], found)
    return found


def _expanded(value: str, known: Mapping[str, str]) -> str:
    for name, text in known.items():
        value = value.replace(f"$({name})", text)
    return value


def problems(service: str, names: Sequence[str]) -> list[str]:
    """What is wrong with the variables of a pod that serves a service."""
    settings = describe(KernelSettings, registry.load(service).settings)
    known = {name for setting in settings for name in _names(setting)} | PARTS | FOREIGN
    found = [f"{service} does not read {name}" for name in sorted(set(names) - known)]
    return found + [
        f"{service} needs {setting.variable}"
        for setting in settings
        if setting.default is None and not set(_names(setting)) & set(names)
    ]


def wrong_variables(things: Sequence[Thing], secrets: Mapping[str, Mapping[str, str]]) -> list[str]:
    """What is wrong with the variables of all pods that serve."""
    return [
        problem
        for service in registry.NAMES
        for problem in problems(service, list(environment(things, _serving(things, service), secrets)))
    ]


def _serving(things: Sequence[Thing], service: str) -> Workload:
    return workload(things, agreed.deployment_of(service))


def _names(setting: Setting) -> tuple[str, ...]:
    return (setting.variable, f"{setting.variable}_FILE") if setting.secret else (setting.variable,)
