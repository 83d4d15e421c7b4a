"""What every pod must be like: restricted, with probes, ports, bounds, a place of its own and an end in good order."""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.deployment.rendering import Thing, Workload, workloads


def unrestricted(things: Sequence[Thing]) -> list[str]:
    """Pods that the standard "restricted" refuses, or that may write into their own image."""
    return [
        f"{one.kind} {one.name}: {problem}"
        for one in workloads(things)
        for problem in (*_unrestricted_pod(one.pod), *_unrestricted_containers(one))
    ]


def _unrestricted_pod(pod: Thing) -> Iterator[str]:
    context = pod.get("securityContext", {})
    if context.get("runAsNonRoot") is not True:
        yield "the pod does not say runAsNonRoot"
    if context.get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield "the pod has not the seccomp profile of the runtime"
    if context.get("runAsUser") == 0:
        yield "the pod runs as root"
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(name):
            yield f"the pod has {name}"
    yield from (
        f"the volume {volume['name']} is the node's" for volume in pod.get("volumes", []) if "hostPath" in volume
    )


def _unrestricted_containers(one: Workload) -> Iterator[str]:
    for container in one.containers():
        context, name = container.get("securityContext", {}), container["name"]
        if context.get("allowPrivilegeEscalation") is not False:
            yield f"{name} may gain privileges"
        if context.get("capabilities", {}).get("drop") != ["ALL"] or "add" in context.get("capabilities", {}):
            yield f"{name} keeps capabilities"
        if context.get("readOnlyRootFilesystem") is not True:
            yield f"{name} may write into its image"
        if context.get("privileged") or context.get("runAsUser") == 0:
            yield f"{name} is privileged"


def fixed_accounts(things: Sequence[Thing]) -> list[str]:
    """Pods that say who they are, which OpenShift's restricted-v2 refuses."""
    names = ("runAsUser", "runAsGroup", "fsGroup", "supplementalGroups")
    return [
        f"{one.kind} {one.name} has {name}"
        for one in workloads(things)
        for context in [one.pod.get("securityContext", {}), *(c.get("securityContext", {}) for c in one.containers())]
        for name in names
        if name in context
    ]


def nameless_accounts(things: Sequence[Thing], own: str) -> list[str]:
    """Containers that kubelet cannot start on Kubernetes: not as root, and of an image that says no number.

    own: the name of the images that do say one.
    """
    return [
        f"{one.kind} {one.name}: {container['name']} has no runAsUser"
        for one in workloads(things)
        for container in one.containers()
        if not container["image"].startswith(own)
        and "runAsUser" not in one.pod.get("securityContext", {})
        and "runAsUser" not in container.get("securityContext", {})
    ]


def unwritable_volumes(things: Sequence[Thing]) -> list[str]:
    """Pods on Kubernetes that keep something on a volume that is given to none of their groups."""
    found = []
    for one in workloads(things):
        claims = [v for v in one.pod.get("volumes", []) if "persistentVolumeClaim" in v]
        if (claims or one.owner["spec"].get("volumeClaimTemplates")) and "fsGroup" not in one.pod["securityContext"]:
            found.append(f"{one.kind} {one.name} has no fsGroup")
    return found


def careless(things: Sequence[Thing]) -> list[str]:
    """Pods without an account of their own, with a token that they do not need, with variables that nobody wrote."""
    may_ask_the_api = _accounts_with_rights(things)
    found = []
    for one in workloads(things):
        account = one.pod.get("serviceAccountName")
        if account not in {thing["metadata"]["name"] for thing in things if thing["kind"] == "ServiceAccount"}:
            found.append(f"{one.name} has no ServiceAccount of its own")
        if one.pod.get("automountServiceAccountToken") is not False and account not in may_ask_the_api:
            found.append(f"{one.name} gets a token of the API")
        if one.pod.get("enableServiceLinks") is not False:
            found.append(f"{one.name} gets a variable for every Service")
    accounts = [one.pod.get("serviceAccountName") for one in workloads(things)]
    found += sorted({f"{account} is the account of several" for account in accounts if accounts.count(account) > 1})
    return found


def _accounts_with_rights(things: Sequence[Thing]) -> set[str]:
    return {
        subject["name"]
        for thing in things
        if thing["kind"] in ("RoleBinding", "ClusterRoleBinding")
        for subject in thing.get("subjects", [])
    }


def unbounded(things: Sequence[Thing]) -> list[str]:
    """Containers without requests and limits, and empty folders without a size."""
    found = []
    for one in workloads(things):
        for container in one.containers():
            resources = container.get("resources", {})
            found += [
                f"{one.name}: {container['name']} has no {part}"
                for part in ("requests", "limits")
                if set(resources.get(part, {})) < {"cpu", "memory"}
            ]
        found += [
            f"{one.name}: the folder {volume['name']} has no size"
            for volume in one.pod.get("volumes", [])
            if "emptyDir" in volume and "sizeLimit" not in volume["emptyDir"]
        ]
    return found


def without_probes(things: Sequence[Thing]) -> list[str]:
    """Containers that last and do not say when they are ready, or that may be killed while they are still starting."""
    found = []
    for one in workloads(things):
        for container in one.pod["containers"] if one.lasts else []:
            wanted = {"readinessProbe"} | ({"startupProbe"} if "livenessProbe" in container else set())
            found += [f"{one.name}: {container['name']} has no {name}" for name in sorted(wanted - set(container))]
        for container in one.containers():
            ports = {port["name"] for port in container.get("ports", [])}
            found += [
                f"{one.name}: {container['name']} has a {name} on a port that it does not name"
                for name in ("startupProbe", "readinessProbe", "livenessProbe")
                if "httpGet" in (probe := container.get(name, {})) and probe["httpGet"]["port"] not in ports
            ]
    return found


def nameless_ports(things: Sequence[Thing]) -> list[str]:
    """Ports whose name does not begin with what is spoken there, as a mesh wants to know."""
    spoken = ("http", "tcp", "grpc", "tls")
    return [
        f"{one.name}: the port {port.get('name', port['containerPort'])} does not say what is spoken there"
        for one in workloads(things)
        for container in one.containers()
        for port in container.get("ports", [])
        if port.get("name", "").split("-")[0] not in spoken
    ]


def crowded(things: Sequence[Thing]) -> list[str]:
    """Replicas that are not spread over nodes and zones."""
    found = []
    for one in workloads(things):
        if not one.lasts or (one.owner["spec"].get("replicas") == 1):
            continue
        rules = one.pod.get("topologySpreadConstraints", [])
        keys = {rule["topologyKey"] for rule in rules if _selects(rule, one)}
        wanted = {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}
        found += [f"{one.name} is not spread by {key}" for key in sorted(wanted - keys)]
    return found


def _selects(rule: dict[str, Any], one: Workload) -> bool:
    wanted = rule["labelSelector"]["matchLabels"]
    return bool(wanted) and all(one.labels.get(key) == value for key, value in wanted.items())


def abrupt(things: Sequence[Thing], drain_s: float, leave_s: float) -> list[str]:
    """Pods of the product that are killed before they can be done, or that still get traffic when they stop."""
    found = []
    for one in workloads(things):
        if one.kind != "Deployment" or one.pod["containers"][0].get("args", [""])[0] != "serve":
            continue
        hook = one.pod["containers"][0].get("lifecycle", {}).get("preStop", {})
        sleep_s = hook.get("sleep", {}).get("seconds", 0)
        if sleep_s + leave_s < 5:
            found.append(f"{one.name} stops listening while traffic still comes")
        # Work beside requests and requests themselves may take so long one after the other.
        if one.pod["terminationGracePeriodSeconds"] < sleep_s + leave_s + 2 * drain_s + 5:
            found.append(f"{one.name} is killed before it is done")
    return found
