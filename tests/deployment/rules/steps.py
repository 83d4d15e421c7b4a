"""The steps in which things are applied: what a pod needs to start comes with it or before it."""

from collections.abc import Iterator, Sequence

from tests.deployment.rendering import Thing, Workload, called, workloads

#: In this order; a step waits for what runs in it, so that nothing of a later one may be needed.
STEPS = ("settings", "databases", "migration", "services", "autoscaling", "monitoring", "ingress")


def needed_later(things: Sequence[Thing]) -> list[str]:
    """Pods that cannot start before something of a later step is there."""
    steps = {(thing["kind"], thing["metadata"]["name"]): _step(thing) for thing in things}
    return [
        f"{called(one.owner)} of {STEPS[_step(one.owner)]} needs {name} of {STEPS[steps[kind, name]]}"
        for one in workloads(things)
        for kind, name in _needs(one)
        if steps.get((kind, name), 0) > _step(one.owner)
    ]


def _step(thing: Thing) -> int:
    return STEPS.index(thing["metadata"].get("labels", {}).get("nanopore-tracking/step", STEPS[0]))


def _needs(one: Workload) -> Iterator[tuple[str, str]]:
    yield "ServiceAccount", one.pod.get("serviceAccountName", "default")
    for volume in one.pod.get("volumes", []):
        if "configMap" in volume:
            yield "ConfigMap", volume["configMap"]["name"]
        if "persistentVolumeClaim" in volume:
            yield "PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]
    for container in one.containers():
        for source in container.get("envFrom", []):
            if "configMapRef" in source:
                yield "ConfigMap", source["configMapRef"]["name"]
        for variable in container.get("env", []):
            if "configMapKeyRef" in variable.get("valueFrom", {}):
                yield "ConfigMap", variable["valueFrom"]["configMapKeyRef"]["name"]
