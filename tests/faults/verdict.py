"""Compares what was acknowledged with what is there: nothing lost, nothing twice, every change in the log once."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from tests.faults.found import Found
from tests.faults.ledger import Line

_MOST_TOLD = 20
#: What an event tells of a sample's state, under the names under which the API shows it.
_SAME = ("name", "priority", "comment", "location", "volume_ul", "status", "stage")


@dataclass
class Verdict:
    """How many acknowledged writes are lost, how many effects are there twice, and everything that is wrong."""

    lost: int = 0
    doubled: int = 0
    wrong: list[str] = field(default_factory=list)

    def lose(self, what: str) -> None:
        """Take note of an acknowledged write that is not there."""
        self.lost += 1
        self.say(f"lost: {what}")

    def double(self, what: str) -> None:
        """Take note of an effect that is there more often than once."""
        self.doubled += 1
        self.say(f"doubled: {what}")

    def say(self, what: str) -> None:
        """Take note of something that is wrong."""
        self.wrong.append(what)

    def told(self) -> list[str]:
        """Return the first of what is wrong, and how much more there is."""
        more = len(self.wrong) - _MOST_TOLD
        return [*self.wrong[:_MOST_TOLD], *([f"and {more} more"] if more > 0 else [])]


class Claims:
    """What a ledger says: which keys were asked, acknowledged, refused, and which are left in doubt."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.asked = {line.key: line for line in lines if line.outcome == "asked"}
        self.acknowledged = {line.key: line for line in lines if line.outcome == "acknowledged"}
        self.refused = {line.key for line in lines if line.outcome == "refused"}
        self.doubtful = self.asked.keys() - self.acknowledged.keys() - self.refused

    def keys(self, kind: str) -> list[str]:
        """Return the acknowledged keys of a kind, in the order in which they were acknowledged."""
        return [key for key, line in self.acknowledged.items() if line.kind == kind]


def judge(lines: Sequence[Line], found: Found) -> Verdict:
    """Return what is wrong with what is there."""
    verdict, claims = Verdict(), Claims(lines)
    _effects(verdict, claims, found)
    _last_words(verdict, claims, found)
    _log(verdict, found)
    entries: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in found.entries:
        entries[entry["subject"]["id"]].append(entry)
    for sample_id, shown in found.shown.items():
        _history(verdict, shown, entries[sample_id])
    if found.dead_letters:
        verdict.say(f"{found.dead_letters} events could not be handled")
    return verdict


def _effects(verdict: Verdict, claims: Claims, found: Found) -> None:
    """Each acknowledged key is there once, each doubtful one at most once, and no other at all."""
    made = Counter(sample["name"] for sample in found.samples)
    moved = Counter(event["note"] for events in found.custody.values() for event in events)
    measured = Counter(one["note"] for many in found.measurements.values() for one in many)
    changed = Counter(entry["data"]["comment"] for entry in found.entries if entry["type"] == "sample.changed")
    for kind, there in {"create": made, "custody": moved, "measure": measured, "change": changed}.items():
        for key in claims.keys(kind):
            if key not in there:
                verdict.lose(f"{kind} {key}")
        for key, times in there.items():
            if times > 1:
                verdict.double(f"{kind} {key} is there {times} times")
            if key not in claims.acknowledged and key not in claims.doubtful:
                verdict.say(f"{kind} {key} is there, but was refused or never asked for")


def _last_words(verdict: Verdict, claims: Claims, found: Found) -> None:
    """What was acknowledged last is what is shown, and what was acknowledged is as it was said."""
    last = {claims.asked[key].sample_id: key for key in claims.keys("change")}
    for sample_id, key in last.items():
        shown = found.shown.get(sample_id, {})
        if shown.get("comment") not in {key, *claims.doubtful}:
            verdict.lose(f"the last change {key}: {sample_id} shows {shown.get('comment')}")
        elif shown["comment"] == key and shown["priority"] != claims.asked[key].said["priority"]:
            verdict.lose(f"the priority of {key}")
    for key in claims.keys("create"):
        sample_id = claims.acknowledged[key].answer["id"]
        if found.shown.get(sample_id, {}).get("name") != key:
            verdict.lose(f"{key} was acknowledged as {sample_id} and is not there")
    values = {one["note"]: one["value"] for many in found.measurements.values() for one in many}
    places = {event["note"]: event["location"] for events in found.custody.values() for event in events}
    for there, name in ((values, "value"), (places, "location")):
        for key in there.keys() & claims.acknowledged.keys():
            if there[key] != claims.asked[key].said[name]:
                verdict.lose(f"the {name} of {key}")


def _log(verdict: Verdict, found: Found) -> None:
    """The log is dense, holds each event once, and holds all events that were ever announced."""
    sequences = [entry["sequence"] for entry in found.entries]
    if sequences != list(range(1, found.log_size + 1)):
        verdict.say(f"the log has {len(sequences)} entries and says {found.log_size}: {_gaps(sequences)}")
    for event_id, times in Counter(entry["event_id"] for entry in found.entries).items():
        if times > 1:
            verdict.double(f"event {event_id} is in the log {times} times")
    numbers: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for entry in found.entries:
        numbers[entry["source"], entry["epoch"]].append(entry["source_sequence"])
    for source, numbering in found.numbering.items():
        heard = numbers.pop((source, numbering.epoch), [])
        if heard != list(range(1, numbering.announced + 1)):
            verdict.say(f"{source} announced {numbering.announced}, the log has {len(heard)}: {_gaps(heard)}")
    for source, epoch in numbers:
        verdict.say(f"the log has an epoch {epoch} of {source}, though nothing was restored")


def _gaps(numbers: Sequence[int]) -> str:
    missing = sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers))
    return f"missing {missing[:10]}" if missing else "nothing is missing, but order or end differ"


def _history(verdict: Verdict, shown: dict[str, Any], entries: list[dict[str, Any]]) -> None:
    """A sample has one entry for each of its versions, from its creation to what is shown, each following the other."""
    code = shown["code"]
    if len(entries) != shown["version"]:
        verdict.say(f"{code} has {shown['version']} versions and {len(entries)} entries")
        return
    if entries[0]["type"] != "sample.created":
        verdict.say(f"the history of {code} does not begin with its creation")
    last = entries[-1]
    for name in (one for one in _SAME if last["data"][one] != shown[one]):
        said = f"{name} {last['data'][name]!r}"
        verdict.say(f"the last entry of {code} ({last['type']}) tells {said}, and {shown[name]!r} is shown")
    numbers = [entry["data"]["custody"]["sequence"] for entry in entries if entry["type"] == "sample.custody_recorded"]
    if numbers != list(range(1, len(numbers) + 1)):
        verdict.say(f"the custody of {code} is told as {numbers}")
    for name in ("priority", "comment", "location"):
        told = [one for entry in entries for one in entry["changes"] if one["field"] == name]
        if any(after["before"] != before["after"] for before, after in pairwise(told)):
            verdict.say(f"the changes of {name} of {code} do not follow each other")
