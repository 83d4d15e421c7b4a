"""What the drill's checks find: each kind of damage, done to an account of a run in which all was well."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.found import Found, Numbering
from tests.faults.ledger import Line
from tests.faults.verdict import judge

_STATE = {
    "priority": "normal",
    "comment": "",
    "location": "",
    "volume_ul": 20.0,
    "status": "queued",
    "stage": "expected",
}
_LINES = [
    Line(outcome="asked", key="k1", kind="create", said={"name": "k1"}),
    Line(outcome="acknowledged", key="k1", kind="create", answer={"id": "s1"}),
    Line(outcome="asked", key="k2", kind="change", sample_id="s1", said={"priority": "high", "comment": "k2"}),
    Line(outcome="acknowledged", key="k2", kind="change", sample_id="s1"),
    Line(outcome="asked", key="k3", kind="change", sample_id="s1", said={"priority": "low", "comment": "k3"}),
    Line(outcome="refused", key="k3", kind="change", sample_id="s1"),
    Line(outcome="asked", key="k4", kind="custody", sample_id="s1", said={"location": "box 1", "note": "k4"}),
    Line(outcome="acknowledged", key="k4", kind="custody", sample_id="s1"),
    Line(outcome="asked", key="k5", kind="measure", sample_id="s1", said={"value": 30.0, "note": "k5"}),
    Line(outcome="acknowledged", key="k5", kind="measure", sample_id="s1"),
    Line(outcome="asked", key="k6", kind="measure", sample_id="s1", said={"value": 31.0, "note": "k6"}),
]


def _entry(number: int, type: str, state: dict[str, Any], **changes: tuple[Any, Any]) -> dict[str, Any]:
    told = [{"field": name, "before": before, "after": after} for name, (before, after) in changes.items()]
    data = {"name": "k1", **_STATE, **state}
    more = {"event_id": f"e{number}", "source": "sample", "epoch": 1, "source_sequence": number, "changes": told}
    return {"sequence": number, "type": type, "subject": {"id": "s1"}, "data": data, **more}


def _parts() -> dict[str, Any]:
    changed = {"priority": "high", "comment": "k2"}
    moved = {**changed, "location": "box 1"}
    measured = {**moved, "volume_ul": 30.0}
    shown = {"id": "s1", "code": "S26-000001", "name": "k1", "version": 4, **_STATE, **measured}
    entries = [
        _entry(1, "sample.created", {}),
        _entry(2, "sample.changed", changed, priority=("normal", "high"), comment=("", "k2")),
        _entry(3, "sample.custody_recorded", {**moved, "custody": {"sequence": 1}}, location=("", "box 1")),
        _entry(4, "sample.measured", measured, volume_ul=(20.0, 30.0)),
    ]
    return {
        "samples": [{"id": "s1", "name": "k1"}],
        "shown": {"s1": shown},
        "custody": {"s1": [{"note": "k4", "location": "box 1"}]},
        "measurements": {"s1": [{"note": "k5", "value": 30.0}]},
        "entries": entries,
        "numbering": {"sample": Numbering(epoch=1, announced=4)},
        "log_size": 4,
        "dead_letters": 0,
    }


def test_a_run_in_which_all_was_well_is_found_to_be_so() -> None:
    verdict = judge(_LINES, Found(**_parts()))

    assert (verdict.wrong, verdict.lost, verdict.doubled) == ([], 0, 0)


def _forgotten(parts: dict[str, Any]) -> None:
    parts["samples"].clear()


def _renamed(parts: dict[str, Any]) -> None:
    parts["shown"]["s1"]["name"] = "other"


def _older(parts: dict[str, Any]) -> None:
    parts["shown"]["s1"]["comment"] = ""


def _wrong_priority(parts: dict[str, Any]) -> None:
    parts["shown"]["s1"]["priority"] = "normal"


def _no_custody(parts: dict[str, Any]) -> None:
    parts["custody"]["s1"].clear()


def _wrong_value(parts: dict[str, Any]) -> None:
    parts["measurements"]["s1"][0]["value"] = 29.0


def _measured_twice(parts: dict[str, Any]) -> None:
    parts["measurements"]["s1"] *= 2


def _registered_twice(parts: dict[str, Any]) -> None:
    parts["samples"] *= 2


def _entered_twice(parts: dict[str, Any]) -> None:
    parts["entries"].append({**parts["entries"][3], "sequence": 5, "source_sequence": 5})


def _entry_missing(parts: dict[str, Any]) -> None:
    del parts["entries"][2]


def _end_missing(parts: dict[str, Any]) -> None:
    parts["numbering"]["sample"] = Numbering(epoch=1, announced=5)


def _new_epoch(parts: dict[str, Any]) -> None:
    parts["entries"][3] |= {"epoch": 2, "source_sequence": 1}


def _swapped(parts: dict[str, Any]) -> None:
    parts["entries"][1]["data"], parts["entries"][3]["data"] = parts["entries"][3]["data"], parts["entries"][1]["data"]


def _refused_and_done(parts: dict[str, Any]) -> None:
    parts["measurements"]["s1"].append({"note": "k3", "value": 1.0})


def _dead(parts: dict[str, Any]) -> None:
    parts["dead_letters"] = 1


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_forgotten, "lost: create k1"),
        (_renamed, "lost: k1 was acknowledged as s1"),
        (_older, "lost: the last change k2"),
        (_wrong_priority, "lost: the priority of k2"),
        (_no_custody, "lost: custody k4"),
        (_wrong_value, "lost: the value of k5"),
        (_measured_twice, "doubled: measure k5"),
        (_registered_twice, "doubled: create k1"),
        (_entered_twice, "doubled: event e4"),
        (_entry_missing, "has 4 versions and 3 entries"),
        (_entry_missing, "missing [3]"),
        (_end_missing, "announced 5, the log has 4"),
        (_new_epoch, "an epoch 2"),
        (_swapped, "is shown"),
        (_refused_and_done, "k3 is there, but was refused"),
        (_dead, "could not be handled"),
    ],
)
def test_damage_is_found(damage: Callable[[dict[str, Any]], None], said: str) -> None:
    parts = copy.deepcopy(_parts())
    damage(parts)

    assert any(said in sentence for sentence in judge(_LINES, Found(**parts)).wrong)


def test_a_write_in_doubt_may_be_there_or_not() -> None:
    parts = _parts()
    parts["measurements"]["s1"].append({"note": "k6", "value": 31.0})

    assert judge(_LINES, Found(**parts)).wrong == []
