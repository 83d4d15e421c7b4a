"""What must fit together between the files of monitoring and the pods that read them."""

import fnmatch
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from tests.deployment.rendering import Thing, named, of_kind, workload, workloads


def unread_files(things: Sequence[Thing], prometheus: Thing, provider: Thing) -> list[str]:
    """Files that are mounted where nobody looks, and places where somebody looks and nothing is mounted."""
    return [
        *_unread_by_prometheus(_mounted(things, "prometheus"), prometheus),
        *_not_named(things, "prometheus", "--config.file="),
        *_not_named(things, "alertmanager", "config="),
        *_unread_by_grafana(things, _mounted(things, "grafana"), provider),
    ]


def _unread_by_prometheus(mounted: set[str], prometheus: Thing) -> Iterator[str]:
    rules = _matching(mounted, prometheus["rule_files"])
    if rules != {path for path in mounted if "/rules/" in path} or not rules:
        yield "not every file of rules is read by Prometheus"
    for files in _file_sd(prometheus):
        if not _matching(mounted, [files]):
            yield f"nothing is mounted at {files}"


def _not_named(things: Sequence[Thing], name: str, word: str) -> Iterator[str]:
    mounted = _mounted(things, name)
    for path in re.findall(rf"{word}(/\S+?\.yml)", _command(things, name)):
        # What an installation brings itself is in no ConfigMap of the product.
        if path not in mounted and "/own/" not in path:
            yield f"{name} reads {path}, where nothing is mounted"


def _unread_by_grafana(things: Sequence[Thing], mounted: set[str], provider: Thing) -> Iterator[str]:
    boards = {path for path in mounted if path.endswith(".json")}
    for one in provider["providers"]:
        if boards != _matching(mounted, [f"{one['options']['path']}/*.json"]) or not boards:
            yield "not every dashboard is where Grafana looks"
    variables = {one["name"]: one.get("value") for one in _container(things, "grafana")["env"]}
    if variables["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"] not in boards:
        yield "the first dashboard is not there"
    for folder in ("datasources", "dashboards"):
        if not _matching(mounted, [f"{variables['GF_PATHS_PROVISIONING']}/{folder}/*.yml"]):
            yield f"Grafana finds no {folder}"


def _mounted(things: Sequence[Thing], name: str) -> set[str]:
    """Return the path of every file that comes from a ConfigMap."""
    one = workload(things, name)
    volumes = {volume["name"]: volume["configMap"]["name"] for volume in one.pod["volumes"] if "configMap" in volume}
    return {
        str(PurePosixPath(mount["mountPath"]) / key)
        for mount in one.pod["containers"][0]["volumeMounts"]
        if mount["name"] in volumes
        for key in named(things, "ConfigMap", volumes[mount["name"]])["data"]
    }


def _matching(paths: set[str], patterns: Sequence[str]) -> set[str]:
    return {path for path in paths for pattern in patterns if fnmatch.fnmatch(path, pattern)}


def _container(things: Sequence[Thing], name: str) -> Thing:
    found: Thing = workload(things, name).pod["containers"][0]
    return found


def _command(things: Sequence[Thing], name: str) -> str:
    container = _container(things, name)
    return "\n".join([*container.get("command", []), *container.get("args", [])])


def _file_sd(place: Any) -> Iterator[str]:
    if isinstance(place, dict):
        for key, value in place.items():
            if key == "file_sd_configs":
                yield from (path for one in value for path in one["files"])
            else:
                yield from _file_sd(value)
    elif isinstance(place, list):
        for value in place:
            yield from _file_sd(value)


def wrong_targets(things: Sequence[Thing], prometheus: Thing, files: Sequence[Thing]) -> list[str]:
    """Addresses that Prometheus asks and no Service has, and pods that it should find and does not, or the reverse.

    files: the lists of targets in files.
    """
    ports = {
        f"{service['metadata']['name']}:{port['port']}"
        for service in of_kind(things, "Service")
        for port in service["spec"]["ports"]
    }
    jobs = [job for job in prometheus["scrape_configs"] if "static_configs" in job]
    lists = [*files, *(entry for job in jobs for entry in job["static_configs"])]
    asked = {target for entry in lists for target in entry["targets"] if not target.startswith("localhost:")}
    found = [f"nobody answers at {target}" for target in sorted(asked - ports)]
    wanted = {one.name for one in workloads(things) if "serve" in one.pod["containers"][0].get("args", [])}
    chosen = {one.name for one in workloads(things) if _is_found(one.labels, one.pod, prometheus)}
    return found + [f"{name} is found, or not found, against what is meant" for name in sorted(wanted ^ chosen)]


def _is_found(labels: Mapping[str, str], pod: Thing, prometheus: Thing) -> bool:
    """Tell whether the discovery of pods keeps one with these labels and ports."""
    job = next(job for job in prometheus["scrape_configs"] if "kubernetes_sd_configs" in job)
    keep = next(rule for rule in job["relabel_configs"] if rule["action"] == "keep")
    known = {
        f"__meta_kubernetes_pod_label_{re.sub(r'[^a-zA-Z0-9_]', '_', key)}": value for key, value in labels.items()
    }
    for container in pod["containers"]:
        for port in container.get("ports", []):
            names = {**known, "__meta_kubernetes_pod_container_port_name": port["name"]}
            if re.fullmatch(keep["regex"], ";".join(names.get(label, "") for label in keep["source_labels"])):
                return True
    return False
