"""What MinKNOW's words mean for the state of a planned run, which steps follow, and what both say otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nanopore_tracking.contracts.api.sample.chain import Want
from nanopore_tracking.contracts.api.sample.runs import RunState
from nanopore_tracking.services.sample.runs.model import BROKEN, ENDS, Run

_GOES_ON = ("running", "waiting_for_acquisition")
_PAUSES = (
    "paused",
    "bad_temperature_automatic_pause",
    "flowcell_disconnect_automatic_pause",
    "flowcell_mismatch_automatic_pause",
    "device_error_automatic_pause",
    "low_disk_space_automatic_pause",
)
_OPEN = ("planned", "sheet_issued")
_ENDED: dict[str, RunState] = {
    "completed": "completed",
    "stopped_by_user": "stopped_by_user",
    "finished_with_error_no_disk_space": "disk_full",
    "finished_with_device_disconnect": "device_disconnected",
}
_START = "Start it here, so that flow cell, barcodes and position are its own; it then goes on by what MinKNOW says."
_STOP = "Stop it in MinKNOW, or say on the page Run folders which run it is, or that it is none of ours."


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What MinKNOW said last of a run. followed: what of it the run has seen, blank for nothing."""

    acquisition_run_id: str
    protocol_run_id: str
    agent: str
    host: str
    core_version: str
    state: str
    phase: str
    stop_reason: str
    started_at: datetime | None
    ended_at: datetime | None
    followed: str
    heard_at: datetime

    @property
    def meaning(self) -> RunState | None:
        """The state that a run with such an acquisition is in; None while it has not begun."""
        if self.state in _GOES_ON:
            return "paused" if self.phase in _PAUSES else "running"
        if self.state in _ENDED:
            return "disk_full" if self.stop_reason == "no_disk_space" else _ENDED[self.state]
        return "failed" if self.state.startswith("finished_") else None

    @property
    def who(self) -> str:
        """Who says so, for the history."""
        return f"MinKNOW {self.core_version} at {self.host}, told by the agent on {self.agent}"


def path(run: Run, told: Told) -> list[RunState]:
    """Return the steps by which a run follows what MinKNOW says, none where it need not or must not.

    What a person said in the meantime stays: a pause is only followed when MinKNOW begins or ends one, and an end only
    when it is of what runs now.
    """
    meaning = told.meaning
    if meaning is None:
        return []
    if meaning in ENDS:
        return [meaning] if run.state in ("running", "paused") and _of_now(run, told) else []
    if run.state == "starting" or (run.state in BROKEN and _again(run, told)):
        return ["running"] if meaning == "running" else ["running", meaning]
    if run.state in ("running", "paused") and meaning != run.state and "paused" in (meaning, told.followed):
        return [meaning] if told.followed != meaning else []
    return []


def _of_now(run: Run, told: Told) -> bool:
    """Whether what ended is what runs now, not an earlier start of it."""
    after = told.ended_at is not None and run.started_at is not None and told.ended_at >= run.started_at
    return after or told.protocol_run_id == run.protocol_run_id


def _again(run: Run, told: Told) -> bool:
    return told.started_at is not None and run.ended_at is not None and told.started_at > run.ended_at


def reason(told: Told, to: RunState) -> str:
    """Return why a run takes a step: who said what."""
    if to == "running":
        return f"It sequences. Said by {told.who}."
    words = " ".join(part for part in (told.state, told.phase if to == "paused" else told.stop_reason) if part)
    return f"{words.replace('_', ' ').capitalize()}. Said by {told.who}."


def contradiction(run: Run, told: Told | None, *, missing: Sequence[Want], taken_by: str | None) -> str:
    """Return the sentence of what MinKNOW and the plan say otherwise, blank where they agree.

    missing: what a run that is starting, or runs again, needs and does not have; taken_by: another run that MinKNOW's
    id is already known of.
    """
    meaning = told.meaning if told is not None else None
    if told is None or meaning is None or run.state == meaning:
        return ""
    ended = meaning in ENDS
    if ended and (run.state in (*ENDS, "analysed") or (run.state in ("running", "paused") and not _of_now(run, told))):
        return ""
    if not ended and run.state in ("running", "paused"):
        return ""
    since, said = (told.ended_at, "it ended") if ended else (told.started_at, "it sequences")
    at = f" {'at' if ended else 'since'} {since:%Y-%m-%d %H:%M %Z}" if since else ""
    here = run.state.replace("_", " ")
    advice = _advice(run, told, missing=missing, taken_by=taken_by)
    return f"MinKNOW at {told.host} says that {said}{at}, and here it is {here}. {advice}"


def _advice(run: Run, told: Told, *, missing: Sequence[Want], taken_by: str | None) -> str:
    ended = told.meaning in ENDS
    if run.state in _OPEN:
        return _START if not ended else "Say on the page Run folders which run it is, or start it here and say its end."
    if run.state in ("running", "paused"):
        return "Say how it ended."
    waits = run.state == "starting" or (run.state in BROKEN and _again(run, told))
    if waits and taken_by:
        return f"MinKNOW's id of it is that of {taken_by}. Say on the page Run folders which run it is."
    if waits and missing and not ended:
        said = " ".join(f"{each.message} {each.how}" for each in missing)
        return f"{said} It goes on by itself then."
    if waits and ended:
        return "Say that it ran and how it ended, or take the start back."
    return _STOP
