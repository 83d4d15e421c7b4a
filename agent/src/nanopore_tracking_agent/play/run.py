"""A played run and its clock; both lie in a file, so that a server that is killed and started again goes on with it."""

import json
import secrets
import time
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nanopore_tracking_agent.play.course import Course, Plan


class Run:
    """One run that goes on by itself, faster than the real time."""

    def __init__(self, said: dict[str, Any]) -> None:
        self.course = Course(Plan.of(said["plan"]))
        self.plan = self.course.plan
        self.protocol_run_id: str = said["protocol_run_id"]
        self.acquisition_run_id: str = said["acquisition_run_id"]
        self.started: float = said["started"]
        self.speed: float = said["speed"]

    @property
    def minute(self) -> int:
        """The minute in which the run is, not after its end."""
        return min(int((time.time() - self.started) * self.speed / 60), self.course.minutes)

    @property
    def told_minute(self) -> int:
        """The last minute of which there are statistics."""
        silent = self.plan.silent_after_h
        return self.minute if silent is None else min(self.minute, round(silent * 60))

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.minute >= self.course.minutes

    @property
    def ended(self) -> float:
        """When it ended or will end, Unix seconds."""
        return self.started + self.course.minutes * 60 / self.speed


def opened(file: Path, plan: Plan, speed: float) -> Run:
    """Return the run that lies in a file; one that begins now where there is none."""
    try:
        said = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        said = {
            "plan": asdict(plan),
            "protocol_run_id": str(uuid.uuid4()),
            "acquisition_run_id": secrets.token_hex(20),
            "started": time.time(),
            "speed": speed,
        }
        file.write_text(json.dumps(said, indent=1), "utf-8")
    return Run(said)
