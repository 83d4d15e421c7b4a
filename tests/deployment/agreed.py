"""What was agreed on elsewhere and is held against the manifests."""

import functools
from typing import Any

import yaml

from nanopore_tracking import registry
from tests.deployment.rendering import DEPLOYMENT

#: Pods of each Deployment that there are at the least.
LEAST = {
    "sample-service": 3,
    "ai-service": 2,
    "audit-service": 2,
    "backup-service": 1,
    "config-service": 2,
    "web": 2,
}
STEPS = ("settings", "databases", "migration", "services", "autoscaling", "monitoring", "ingress")
#: Which pods may see a Secret; one that is not here is seen by the pods of its name only.
SECRET_OWNERS = {
    **{f"{name}-db-credentials": {f"{name}-db"} for name in registry.NAMES},
    **{f"{name}-service-env": {f"{name}-service"} for name in registry.NAMES},
    "migration-env": {"migration"},
    "nats-credentials": {"nats", *(f"{name}-service" for name in registry.NAMES)},
    "config-signing-key": {"config-service"},
    "nanopore-admin": {"config-service"},
    "grafana-admin": {"grafana"},
    "alertmanager-own": {"alertmanager"},
    "load-test-token": {"load-test"},
    "backup-now-token": {"backup-now"},
    "ai-objects-env": {"ai-service"},
    "ai-model-env": {"ai-service"},
}


def deployment_of(service: str) -> str:
    """Return what the Deployment and the Service of a service are called."""
    return service if service == "web" else f"{service}-service"


def secret_keys(*, others: bool = True) -> dict[str, list[str]]:
    """Return the Secrets that deployment/secrets.yaml names, with their keys. others: those too that a person makes."""
    table = _table("secrets.yaml")
    return {**table["required"], **(table["others"] if others else {})}


def secret_values() -> dict[str, dict[str, str]]:
    """Return a value for each key of each Secret."""
    return {name: dict.fromkeys(keys, f"value-of-{name}") for name, keys in secret_keys().items()}


def dependencies() -> dict[str, Any]:
    """Return deployment/dependencies.yaml."""
    return _table("dependencies.yaml")


@functools.cache
def _table(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOYMENT / name).read_text("utf-8"))
    return found
