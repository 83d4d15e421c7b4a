"""The table of stages: what is not listed is refused, whoever asks; the rest says what it needs."""

from typing import Any, get_args

import pytest

from nanopore_tracking.contracts.api.sample.samples import Stage
from nanopore_tracking.contracts.api.sample.stages import Requirement, Target
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.stages import model
from nanopore_tracking.services.sample.stages.model import Asked, Outcome
from tests.harness.samples import NOW, facts, sample

TARGETS: tuple[Target, ...] = get_args(Target)
STATES = [
    *((stage, status, None) for stage in model.STAGES[:-2] for status in ("queued", "active", "on_hold")),
    *((stage, "done", None) for stage in model.STAGES[-2:]),
    *(("library_prep", "failed", exit) for exit in ("damaged", "failed")),
    ("expected", "cancelled", "never_arrived"),
    ("library_prep", "cancelled", "cancelled"),
]
#: stage → where it may go on and back.
ALONG = {
    "expected": "received",
    "received": "sample_qc",
    "sample_qc": "library_prep received",
    "library_prep": "library_qc sample_qc",
    "library_qc": "sequencing_setup library_prep",
    "sequencing_setup": "sequencing_run library_qc library_prep",
    "sequencing_run": "basecalling sequencing_setup",
    "basecalling": "quality_assessment sequencing_setup",
    "quality_assessment": "data_delivery basecalling sequencing_setup library_prep",
    "data_delivery": "delivered quality_assessment",
    "delivered": "archived data_delivery",
    "archived": "",
}
DAMAGEABLE = ("received", "sample_qc", "library_prep", "library_qc", "sequencing_setup")


def allowed(stage: str, status: str, exit: str | None) -> set[str]:
    """What the laboratory's rules allow, written down once more and independently."""
    if status == "done":
        return set(ALONG[stage].split())
    if status in ("failed", "cancelled"):
        return set() if exit == "cancelled" else {"resumed"}
    out = {"failed", "cancelled"}
    out |= {"never_arrived"} if stage == "expected" else set()
    out |= {"damaged"} if stage in DAMAGEABLE else set()
    return out | ({"resumed"} if status == "on_hold" else {"on_hold", *ALONG[stage].split()})


@pytest.mark.parametrize(("stage", "status", "exit"), STATES)
def test_every_pair_of_state_and_target_that_is_not_listed_is_refused(stage: Any, status: Any, exit: Any) -> None:
    here = sample(stage=stage, status=status, exit=exit, resumes_as="active" if status == "on_hold" else None)
    ways = {way.to for way in model.ways(stage, status, exit)}
    assert ways == allowed(stage, status, exit)

    for to in TARGETS:
        asked = Asked(to=to, reason="because of the weather", override=True, may_override=True)
        if to in ways:
            way, missing = model.decide(here, asked, Outcome())
            assert (way.to, missing) == (to, [])
            continue
        with pytest.raises(errors.Conflict) as refused:
            model.decide(here, asked, Outcome())
        assert refused.value.type == "not-allowed"
        assert set(refused.value.extra["allowed"]) == ways


def test_every_stage_but_the_last_has_a_gate() -> None:
    assert tuple(model.GATES) == model.STAGES[:-1] == get_args(Stage)[:-1]
    assert all(model.following(stage) for stage in model.GATES)
    assert model.following("archived") is None


def _missing() -> Outcome:
    found = Requirement(code="volume", message="No volume.", how="Measure it.", fulfilled_by="measurement", met=False)
    warning = Requirement(code="ratio", message="Low.", how="See.", fulfilled_by="decision", met=False, severity="warn")
    return Outcome(requirements=(found, warning))


def test_a_missing_requirement_is_told_with_what_to_do() -> None:
    with pytest.raises(errors.Conflict) as refused:
        model.decide(
            sample(stage="sample_qc"),
            Asked(to="library_prep", reason="", override=False, may_override=True),
            _missing(),
        )

    assert refused.value.type == "gate-not-met"
    assert refused.value.extra["missing"] == [
        {"code": "volume", "message": "No volume.", "how": "Measure it.", "fulfilled_by": "measurement"}
    ]
    assert "library_prep" in refused.value.extra["allowed"]


def test_an_override_needs_the_permission_and_a_reason() -> None:
    here = sample(stage="sample_qc")

    with pytest.raises(errors.Forbidden):
        model.decide(here, Asked(to="library_prep", reason="Urgent.", override=True, may_override=False), _missing())
    with pytest.raises(errors.Invalid) as refused:
        model.decide(here, Asked(to="library_prep", reason="", override=True, may_override=True), _missing())
    assert refused.value.fields[0].path == "reason"

    way, missing = model.decide(
        here, Asked(to="library_prep", reason="Urgent.", override=True, may_override=True), _missing()
    )
    assert (way.direction, [found.code for found in missing]) == ("on", ["volume"])


@pytest.mark.parametrize("to", ["received", "on_hold", "failed", "cancelled", "damaged"])
def test_ways_back_out_and_on_hold_need_a_reason(to: Any) -> None:
    with pytest.raises(errors.Invalid):
        model.decide(sample(stage="sample_qc"), Asked(to=to, reason="", override=False, may_override=False), Outcome())


def test_missing_requirements_do_not_stop_a_way_out() -> None:
    asked = Asked(to="failed", reason="No DNA in it.", override=False, may_override=False)

    way, missing = model.decide(sample(stage="sample_qc"), asked, _missing())

    assert (way.direction, missing) == ("out", [])


def _moved(to: str, **said: Any) -> dict[str, Any]:
    here = sample(**said)
    way = next(way for way in model.ways(here.stage, here.status, here.exit) if way.to == to)
    return model.moved(here, way, reason="why", at=NOW)


def test_a_stage_begins_queued_and_the_end_is_done() -> None:
    assert _moved("library_prep", stage="sample_qc", status="active")["status"] == "queued"
    assert _moved("delivered", stage="data_delivery")["status"] == "done"
    assert _moved("data_delivery", stage="delivered", status="done")["status"] == "queued"


def test_a_sample_returns_from_hold_to_the_status_that_it_had() -> None:
    held = _moved("on_hold", stage="sample_qc", status="active")

    assert (held["stage"], held["status"], held["resumes_as"]) == ("sample_qc", "on_hold", "active")
    assert held["status_reason"] == "why"
    resumed = _moved("resumed", stage="sample_qc", status="on_hold", resumes_as="active")
    assert (resumed["status"], resumed["status_reason"], resumed["resumes_as"]) == ("active", "", None)


@pytest.mark.parametrize(
    ("to", "status"), [("never_arrived", "cancelled"), ("failed", "failed"), ("cancelled", "cancelled")]
)
def test_an_exit_keeps_the_stage_and_says_why(to: str, status: str) -> None:
    out = _moved(to, stage="expected")

    assert (out["stage"], out["status"], out["exit"], out["status_reason"]) == ("expected", status, to, "why")


def test_work_that_goes_back_makes_later_records_count_no_more() -> None:
    (back,) = (way for way in model.ways("quality_assessment", "queued", None) if way.to == "sequencing_setup")
    (on,) = (way for way in model.ways("quality_assessment", "queued", None) if way.direction == "on")

    assert model.superseded(back) == model.STAGES[5:]
    assert model.superseded(on) == ()


def test_the_gate_is_shown_with_every_way() -> None:
    here = sample(stage="expected")
    shown = model.gate(here, model.pass_gate(facts(here)), {"kits": 1})

    assert (shown.to, shown.met, shown.catalogue_versions) == ("received", False, {"kits": 1})
    assert {way.to for way in shown.ways} == {"received", "on_hold", "never_arrived", "failed", "cancelled"}
    held = model.gate(sample(status="on_hold", resumes_as="queued"), Outcome(), {})
    assert (held.to, held.met) == (None, False)
