"""Writes deployment/openshift/network-policies.yaml from the table of dependencies; `make policies` runs it."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "deployment" / "dependencies.yaml"
PAGE = ROOT / "deployment" / "openshift" / "network-policies.yaml"

_HEAD = """\
# Written by `make policies` from deployment/dependencies.yaml; change that instead.
"""
#: Names are asked for on port 53, on OpenShift of pods that listen on 5353; 169.254.20.10 is a node's own cache.
_NAMES: dict[str, Any] = {
    "to": [{"namespaceSelector": {}}, {"ipBlock": {"cidr": "169.254.20.10/32"}}],
    "ports": [{"port": port, "protocol": protocol} for port in (53, 5353) for protocol in ("UDP", "TCP")],
}

#: Words that stand beside each other in a list.
_SHORT = 4


class _Plain(yaml.SafeDumper):
    """Writes what stands there twice twice: aliases are hard to read."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 (the signature of PyYAML)
        """Use none."""
        return True

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        """Write a long list below each other."""
        node = super().represent_sequence(tag, sequence, flow_style)
        if len(node.value) > _SHORT:
            node.flow_style = False
        return node

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent lists as everywhere here."""
        super().increase_indent(flow, False)


def policies(table: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what closes everything, then one policy for each edge, then what each may reach."""
    outside = {name: one["peers"] for name, one in table.get("outside", {}).items()}
    edges = table["edges"]
    closed = _policy("default-deny", {}, {"policyTypes": ["Ingress", "Egress"]})
    names = _policy("names", {}, {"policyTypes": ["Egress"], "egress": [_NAMES]})
    into = [
        _policy(
            f"{edge['from']}-to-{edge['to']}",
            _pods(edge["to"]),
            {"policyTypes": ["Ingress"], "ingress": [{"from": _peers(edge["from"], outside), "ports": _ports(edge)}]},
        )
        for edge in edges
        if edge["to"] not in outside
    ]
    sources = dict.fromkeys(edge["from"] for edge in edges if edge["from"] not in outside)
    out = [
        _policy(
            f"{source}-reaches",
            _pods(source),
            {
                "policyTypes": ["Egress"],
                "egress": [
                    {"to": _peers(edge["to"], outside), "ports": _ports(edge)}
                    for edge in edges
                    if edge["from"] == source
                ],
            },
        )
        for source in sources
    ]
    return [closed, names, *into, *out]


def page(table: dict[str, Any]) -> str:
    """Return the whole file."""
    written = yaml.dump_all(
        policies(table), Dumper=_Plain, sort_keys=False, explicit_start=True, default_flow_style=None, width=1000
    )
    return _HEAD + str(written)


def _policy(name: str, selector: dict[str, Any], rules: dict[str, Any]) -> dict[str, Any]:
    labels = {"app.kubernetes.io/part-of": "nanopore-tracking", "nanopore-tracking/step": "settings"}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "labels": labels},
        "spec": {"podSelector": selector, **rules},
    }


def _pods(name: str) -> dict[str, Any]:
    return {"matchLabels": {"app": name, "app.kubernetes.io/part-of": "nanopore-tracking"}}


def _peers(name: str, outside: dict[str, Any]) -> list[dict[str, Any]]:
    return list(outside[name]) if name in outside else [{"podSelector": _pods(name)}]


def _ports(edge: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"port": port, "protocol": "TCP"} for port in edge["ports"]]


if __name__ == "__main__":
    PAGE.write_text(page(yaml.safe_load(TABLE.read_text("utf-8"))), "utf-8")
