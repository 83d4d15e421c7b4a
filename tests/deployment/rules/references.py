"""What is named must be there: labels that are selected, ports, ConfigMaps, Secrets and their keys, claims, targets."""

from collections.abc import Iterator, Mapping, Sequence

from tests.deployment.rendering import Thing, Workload, called, matches, named, of_kind, workloads

#: What an operator makes, and what it is made from.
_MADE_BY_OPERATORS = ("Cluster",)


def selected_by_nobody(things: Sequence[Thing]) -> list[str]:
    """Services, budgets and workloads whose selector fits no pod, or pods of another workload."""
    pods = [(one.name, one.labels) for one in workloads(things)] + list(_operators_pods(things))
    found = []
    for thing in of_kind(things, "Service", "PodDisruptionBudget"):
        selector = thing["spec"].get("selector") or {}
        wanted = selector if thing["kind"] == "PodDisruptionBudget" else {"matchLabels": selector}
        names = [name for name, labels in pods if matches(wanted, labels)]
        if names != [thing["metadata"]["name"]]:
            found.append(f"{called(thing)} selects {', '.join(names) or 'nothing'}")
    for thing in of_kind(things, "Deployment", "StatefulSet"):
        names = [name for name, labels in pods if matches(thing["spec"]["selector"], labels)]
        if names != [thing["metadata"]["name"]]:
            found.append(f"{called(thing)} selects {', '.join(names) or 'nothing'}")
    return found


def _operators_pods(things: Sequence[Thing]) -> Iterator[tuple[str, dict[str, str]]]:
    for thing in of_kind(things, *_MADE_BY_OPERATORS):
        name = thing["metadata"]["name"]
        own = {"cnpg.io/cluster": name, "cnpg.io/instanceRole": "primary"}
        yield name, {**thing["spec"]["inheritedMetadata"]["labels"], **own}


def wrong_ports(things: Sequence[Thing]) -> list[str]:
    """Ports of Services that no container has by that name, and routes to Services or ports that are not there."""
    found = []
    for service in of_kind(things, "Service"):
        selector = {"matchLabels": service["spec"].get("selector") or {}}
        pods = [one for one in workloads(things) if matches(selector, one.labels)]
        names = {port["name"] for one in pods for container in one.containers() for port in container.get("ports", [])}
        for port in service["spec"]["ports"]:
            target = port.get("targetPort", port["port"])
            if isinstance(target, str) and target not in names:
                found.append(f"{called(service)} leads to a port {target} that no container has")
            if port["name"].split("-")[0] not in ("http", "tcp", "grpc") or "appProtocol" not in port:
                found.append(f"{called(service)} does not say what is spoken on {port['port']}")
    services = {service["metadata"]["name"]: service["spec"]["ports"] for service in of_kind(things, "Service")}
    for owner, name, wanted in _ways_in(things):
        if name not in services:
            found.append(f"{owner} leads to {name}, which is not there")
        elif not any(wanted in (port["name"], port["port"]) for port in services[name]):
            found.append(f"{owner} leads to a port {wanted} that {name} does not have")
    return found


def _ways_in(things: Sequence[Thing]) -> Iterator[tuple[str, str, str | int]]:
    """Yield what leads into the cluster: the object, the Service, the port's name or number."""
    for thing in of_kind(things, "Ingress"):
        for rule in thing["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                backend = path["backend"]["service"]
                yield called(thing), backend["name"], backend["port"].get("name") or backend["port"]["number"]
    for thing in of_kind(things, "Route"):
        for backend in (thing["spec"]["to"], *thing["spec"].get("alternateBackends", [])):
            yield called(thing), backend["name"], thing["spec"]["port"]["targetPort"]
    for thing in of_kind(things, "HTTPRoute"):
        for rule in thing["spec"]["rules"]:
            for backend in rule.get("backendRefs", []):
                yield called(thing), backend["name"], backend["port"]


def missing(things: Sequence[Thing], secrets: Mapping[str, Sequence[str]]) -> list[str]:
    """ConfigMaps, Secrets, keys and claims that pods want and nobody makes. secrets: those made elsewhere."""
    found = []
    made = {(thing["kind"], thing["metadata"]["name"]) for thing in things}
    keys = {thing["metadata"]["name"]: set(thing.get("data", {})) for thing in of_kind(things, "ConfigMap", "Secret")}
    keys.update({name: set(names) for name, names in secrets.items()})
    for one in workloads(things):
        for kind, name, key in _wanted(one):
            if (kind, name) not in made and not (kind == "Secret" and name in secrets):
                found.append(f"{one.name} wants {kind} {name}, which nobody makes")
            elif key is not None and key not in keys[name]:
                found.append(f"{one.name} wants {key} of {kind} {name}, which has no such key")
    return found


#: Where a variable's or a volume's source says its name, and of which kind it is.
_SOURCES = {
    "configMapRef": "ConfigMap",
    "secretRef": "Secret",
    "configMapKeyRef": "ConfigMap",
    "secretKeyRef": "Secret",
}
_VOLUMES = {
    "configMap": ("ConfigMap", "name"),
    "secret": ("Secret", "secretName"),
    "persistentVolumeClaim": ("PersistentVolumeClaim", "claimName"),
}


def _wanted(one: Workload) -> Iterator[tuple[str, str, str | None]]:
    """Yield kind, name and key (None for all keys) of what a pod reads."""
    for container in one.containers():
        variables = (variable.get("valueFrom", {}) for variable in container.get("env", []))
        for source in (*container.get("envFrom", []), *variables):
            for field in _SOURCES.keys() & source.keys():
                yield _SOURCES[field], source[field]["name"], source[field].get("key")
    for volume in one.pod.get("volumes", []):
        for field in _VOLUMES.keys() & volume.keys():
            kind, word = _VOLUMES[field]
            yield kind, volume[field][word], None


def loose_mounts(things: Sequence[Thing]) -> list[str]:
    """Mounts of volumes that the pod does not have, and volumes that nobody mounts."""
    found = []
    for one in workloads(things):
        claims = one.owner["spec"].get("volumeClaimTemplates", [])
        there = {volume["name"] for volume in one.pod.get("volumes", [])} | {c["metadata"]["name"] for c in claims}
        used = {mount["name"] for container in one.containers() for mount in container.get("volumeMounts", [])}
        found += [f"{one.name} mounts {name}, which is not there" for name in sorted(used - there)]
        found += [f"{one.name} has the volume {name}, which nobody mounts" for name in sorted(there - used)]
    return found


def own_secrets_only(things: Sequence[Thing], owners: Mapping[str, set[str]]) -> list[str]:
    """Secrets that a pod sees and is not to see. owners: Secret → who may."""
    return [
        f"{one.name} sees the Secret {name}"
        for one in workloads(things)
        for kind, name, _ in _wanted(one)
        if kind == "Secret" and one.name.removesuffix("-canary") not in owners.get(name, {one.name})
    ]


def literal_secrets(things: Sequence[Thing]) -> list[str]:
    """Secrets that are written down, and variables that look like one."""
    found = [f"{called(thing)} is written down" for thing in of_kind(things, "Secret")]
    words = ("PASSWORD", "SECRET", "TOKEN", "_KEY", "CREDENTIAL")
    for one in workloads(things):
        for container in one.containers():
            found += [
                f"{one.name}: {variable['name']} is written down"
                for variable in container.get("env", [])
                if any(word in variable["name"] for word in words) and variable.get("value", "/")[0] not in '/$"'
            ]
    for thing in of_kind(things, "ConfigMap"):
        for key, value in thing.get("data", {}).items():
            if any(word in key for word in words) and not key.endswith("_FILE"):
                found.append(f"{called(thing)}: {key} is written down")
            if "BEGIN PRIVATE KEY" in value:
                found.append(f"{called(thing)}: {key} holds a private key")
    return found


def scaling_problems(things: Sequence[Thing], least: Mapping[str, int]) -> list[str]:
    """Autoscalers that begin elsewhere than agreed, fight over a Deployment, or whose Deployment says a number itself.

    least: how many pods of each Deployment there are at the least.
    """
    found, targets = [], []
    for thing in of_kind(things, "HorizontalPodAutoscaler", "ScaledObject"):
        spec, target = thing["spec"], thing["spec"]["scaleTargetRef"]["name"]
        targets.append(target)
        low = spec.get("minReplicas", spec.get("minReplicaCount"))
        high = spec.get("maxReplicas", spec.get("maxReplicaCount"))
        if low != least.get(target):
            found.append(f"{called(thing)} begins with {low}, not with {least.get(target)}")
        if high <= low:
            found.append(f"{called(thing)} cannot make {target} larger")
        if "replicas" in named(things, "Deployment", target)["spec"]:
            found.append(f"Deployment {target} says its number, which every apply would put back")
    found += [f"Deployment {target} is scaled by several" for target in set(targets) if targets.count(target) > 1]
    for name, count in least.items():
        if name not in targets and named(things, "Deployment", name)["spec"].get("replicas") != count:
            found.append(f"Deployment {name} has not {count} replicas")
    return found


def strict_budgets(things: Sequence[Thing], least: Mapping[str, int]) -> list[str]:
    """Budgets that let no pod go, or all; replicas without one."""
    found = []
    budgets = {thing["metadata"]["name"]: thing["spec"] for thing in of_kind(things, "PodDisruptionBudget")}
    for one in workloads(things):
        count = least.get(one.name, one.owner["spec"].get("replicas", 1))
        if not one.lasts or count == 1:
            continue
        budget = budgets.get(one.name, {})
        if not 0 < budget.get("maxUnavailable", 0) < count:
            found.append(f"{one.name} has no budget between none and all of its {count}")
        if budget.get("unhealthyPodEvictionPolicy") != "AlwaysAllow":
            found.append(f"{one.name} keeps a node from being emptied when it is not well")
    return found


def crowded_databases(things: Sequence[Thing], pool_max: int) -> list[str]:
    """Databases that would refuse connections with every replica there at once, one more while rolling included."""
    found = []
    for thing in of_kind(things, "HorizontalPodAutoscaler", "ScaledObject"):
        name = thing["metadata"]["name"]
        database = name.replace("-service", "-db")
        allowed = _max_connections(things, database)
        most = thing["spec"].get("maxReplicas", thing["spec"].get("maxReplicaCount"))
        # Beside its pool a replica has a connection that leads; ten are for backups, migrations and people.
        needed = (most + 1) * (pool_max + 1) + 10
        if allowed is not None and needed > allowed:
            found.append(f"{database} takes {allowed} connections, and {name} may want {needed}")
    return found


def _max_connections(things: Sequence[Thing], database: str) -> int | None:
    for thing in of_kind(things, "StatefulSet", "Cluster"):
        if thing["metadata"]["name"] == database and thing["kind"] == "Cluster":
            return int(thing["spec"]["postgresql"]["parameters"]["max_connections"])
        if thing["metadata"]["name"] == database:
            words = thing["spec"]["template"]["spec"]["containers"][0]["command"]
            return next(int(word.split("=")[1]) for word in words if word.startswith("--max_connections="))
    return None


def without_step(things: Sequence[Thing], steps: Sequence[str]) -> list[str]:
    """Objects that no step of the deployment applies."""
    label = "nanopore-tracking/step"
    return [called(thing) for thing in things if thing["metadata"].get("labels", {}).get(label) not in steps]
