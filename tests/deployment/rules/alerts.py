"""What alerts, their tests and their runbooks must have."""

import re
from collections.abc import Sequence
from pathlib import Path

from tests.deployment.rendering import Thing

SEVERITIES = ("warning", "critical")
_RUNBOOK = "docs/operations/{}.md"
_ALERT = re.compile(r"[A-Z][a-z]+(?:[A-Z][a-z]+)+")


def runbook(alert: str) -> str:
    """Return where the runbook of an alert is: ServiceDown → docs/operations/service-down.md."""
    return _RUNBOOK.format(re.sub(r"(?<=[a-z])(?=[A-Z])", "-", alert).lower())


def unfit_alerts(alerts: Sequence[Thing], root: Path) -> list[str]:
    """Alerts without a severity, a summary, or a runbook that is there."""
    found = []
    for alert in alerts:
        name, notes = alert["alert"], alert.get("annotations", {})
        if alert.get("labels", {}).get("severity") not in SEVERITIES:
            found.append(f"{name} has no severity of {', '.join(SEVERITIES)}")
        if not notes.get("summary", "").endswith("."):
            found.append(f"{name} has no summary that is a sentence")
        page = root / runbook(name)
        if notes.get("runbook_url") != runbook(name) or not page.is_file():
            found.append(f"{name} does not lead to {runbook(name)}, or that is not there")
        elif not page.read_text("utf-8").startswith(f"# {name}\n"):
            found.append(f"{runbook(name)} is not about {name}")
    return found


def stray_runbooks(alerts: Sequence[Thing], root: Path) -> list[str]:
    """Runbooks of alerts that there are not, and pages of docs/operations to which its index does not lead."""
    folder = root / "docs" / "operations"
    index = (folder / "README.md").read_text("utf-8")
    names = {alert["alert"] for alert in alerts}
    found = []
    for page in sorted(folder.glob("*.md")):
        title = page.read_text("utf-8").partition("\n")[0].removeprefix("# ")
        if _ALERT.fullmatch(title) and title not in names:
            found.append(f"{page.name}: there is no alert {title}")
        if page.name != "README.md" and f"({page.name})" not in index:
            found.append(f"the index does not lead to {page.name}")
    return found


def severities(alerts: Sequence[Thing]) -> dict[str, set[str]]:
    """Return how grave each alert can be."""
    found: dict[str, set[str]] = {}
    for alert in alerts:
        found.setdefault(alert["alert"], set()).add(alert["labels"]["severity"])
    return found


def severities_told(root: Path) -> dict[str, set[str]]:
    """Return what the index of docs/operations says of it."""
    index = (root / "docs" / "operations" / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| \[([A-Z]\w+)\]\([\w-]+\.md\) \| ([\w, ]+) \|", index, re.MULTILINE)
    return {name: set(told.split(", ")) for name, told in rows}


def untried_alerts(alerts: Sequence[Thing], cases: Sequence[Thing]) -> list[str]:
    """Alerts for which no case fires, or no case says that it does not."""
    looks = [look for case in cases for look in case.get("alert_rule_test", [])]
    silent = {look["alertname"] for look in looks if not look["exp_alerts"]}
    fired = [(look["alertname"], one["exp_labels"]) for look in looks for one in look["exp_alerts"]]
    found = []
    for alert in alerts:
        name, labels = alert["alert"], alert.get("labels", {})
        if not any(name == other and labels.items() <= seen.items() for other, seen in fired):
            found.append(f"no case lets {name} fire with {labels}")
        if name not in silent:
            found.append(f"no case says when {name} does not fire")
    return list(dict.fromkeys(found))
