"""Who may talk to whom according to NetworkPolicies, read back from them as edges."""

from collections.abc import Sequence
from typing import Any

from tests.deployment.rendering import Thing, of_kind, workloads

Edge = tuple[str, str, int]


def edges(things: Sequence[Thing], outside: dict[str, Any], direction: str) -> set[Edge]:
    """Return (from, to, port) for everything that policies of one direction, ingress or egress, let through."""
    found: set[Edge] = set()
    word = "from" if direction == "ingress" else "to"
    for policy in of_kind(things, "NetworkPolicy"):
        here = policy["spec"]["podSelector"].get("matchLabels", {}).get("app")
        for rule in policy["spec"].get(direction, []) if here else []:
            there = _named(rule[word], outside)
            for port in rule["ports"]:
                found.add((there, here, port["port"]) if direction == "ingress" else (here, there, port["port"]))
    return found


def _named(peers: list[Any], outside: dict[str, Any]) -> str:
    for name, one in outside.items():
        if one["peers"] == peers:
            return name
    (peer,) = peers
    return str(peer["podSelector"]["matchLabels"]["app"])


def open_by_default(things: Sequence[Thing]) -> list[str]:
    """What lets everything through: no policy that closes both directions for all pods."""
    for policy in of_kind(things, "NetworkPolicy"):
        spec = policy["spec"]
        closes = (
            set(spec["policyTypes"]) == {"Ingress", "Egress"} and not spec.get("ingress") and not spec.get("egress")
        )
        if spec["podSelector"] == {} and closes:
            return []
    return ["Nothing closes what is not opened"]


def without_edge(things: Sequence[Thing], table: Sequence[Edge], outside: set[str]) -> list[str]:
    """Pods that appear in no edge, and edges of pods that nobody makes. outside: names that are no pods."""
    apps = {one.labels.get("app") for one in workloads(things)}
    used = {name for edge in table for name in edge[:2]} - outside
    return [f"nobody makes pods called {name}" for name in sorted(used - apps)] + [
        f"{name} is in no edge" for name in sorted(str(app) for app in apps - used)
    ]
