"""Says inside a pod how its service is: health, events that wait for a person, age of the newest backup."""

import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
from calendar import timegm
from pathlib import Path

_COUNTED = {"event_bus_dead_letter_queue_size": "dead-letters", "event_bus_halted": "halted"}
_SAMPLE = re.compile(r"^(\w+)\{[^}]*\} (\S+)$", re.MULTILINE)
_FOLDER = re.compile(r"(\d{8}T\d{6})Z-.*")


def _ask(path: str) -> str:
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}{path}"
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as refusal:
        # A service that is not well says so with 503, and how.
        return refusal.read().decode()


def _newest(folder: Path) -> str:
    """Return the age of the newest backup in hours, from the time in its name."""
    times = [found[1] for entry in folder.iterdir() if (found := _FOLDER.fullmatch(entry.name))]
    if not times:
        return "none"
    return str(int((time.time() - timegm(time.strptime(max(times), "%Y%m%dT%H%M%S"))) / 3600))


def main() -> None:
    """Print one line for each thing, a word and a value."""
    lines = [f"health {json.loads(_ask('/health'))['status']}"]
    counts = dict.fromkeys(_COUNTED.values(), 0)
    for name, value in _SAMPLE.findall(_ask("/metrics")):
        if name in _COUNTED:
            counts[_COUNTED[name]] += int(float(value))
    lines += [f"{word} {count}" for word, count in counts.items()]
    if folder := os.environ.get("NANOPORE_BACKUP_DIR"):
        lines.append(f"backup-age-h {_newest(Path(folder))}")
    sys.stdout.write("\n".join(lines) + "\n")


main()
