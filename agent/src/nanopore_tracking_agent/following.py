"""Looks at MinKNOW again and again and tells the product; whoever does not answer is asked again, later each time."""

import threading
import time
from collections.abc import Sequence
from typing import Any

from nanopore_tracking_agent import observing
from nanopore_tracking_agent.minknow import Host
from nanopore_tracking_agent.observing import Known
from nanopore_tracking_agent.telling import Product, Refused

_LONGEST_PAUSE_S = 300.0


class Follower:
    """Follows some hosts. It keeps nothing on the disk: the product says which minutes it has, MinKNOW has the rest."""

    def __init__(self, hosts: Sequence[Host], product: Product, *, every_s: float) -> None:
        self._hosts = hosts
        self._product = product
        self._every_s = every_s
        self._known = {host.name: Known() for host in hosts}
        self._said: dict[str, str] = {}
        self._failures = 0

    @property
    def failing(self) -> bool:
        """Whether the product did not take what was told last."""
        return self._failures > 0

    def follow(self, stop: threading.Event) -> None:
        """Look until somebody says stop."""
        while not stop.is_set():
            more = self.look()
            if stop.wait(0 if more else self._pause_s()):
                return

    def look(self) -> bool:
        """Look at every host once and tell what was seen; return whether more of the past is still to be told."""
        more = failed = False
        for host in self._hosts:
            known = self._known[host.name]
            told = observing.telling(host, known)
            self._say(host.name, told["sentence"] or f"MinKNOW Core {told['core_version']} answers.")
            try:
                answered = self._product.tell(told)
            except Refused as refused:
                # What the product has may be something else when it is there again.
                known.minutes.clear()
                known.over.clear()
                failed = True
                self._say("product", str(refused))
                continue
            self._say("product", "The product takes what is told.")
            more |= self._learn(known, told, answered)
        self._failures = self._failures + 1 if failed else 0
        return more and not failed

    def _learn(self, known: Known, told: dict[str, Any], answered: list[dict[str, Any]]) -> bool:
        """Keep what the product has now; return whether MinKNOW may have more than was told."""
        runs = {run["acquisition_run_id"]: run for each in told["positions"] for run in each["runs"]}
        more = False
        for answer in answered:
            run_id, minute = answer["acquisition_run_id"], answer["minute"]
            run = runs.get(run_id)
            if run is None:
                continue
            first = run_id not in known.minutes
            known.minutes[run_id] = -1 if minute is None else minute
            more |= first or len(run["ticks"]) >= 2
            if run["ended_at"] and not first and not run["ticks"]:
                known.over.add(run_id)
            self._say(run_id, _standing(run, answer))
        return more

    def _pause_s(self) -> float:
        if not self._failures:
            return self._every_s
        longest = max(_LONGEST_PAUSE_S, self._every_s)
        return float(min(self._every_s * 2 ** min(self._failures - 1, 10), longest))

    def _say(self, about: str, sentence: str) -> None:
        """Print a sentence where it says something new."""
        if self._said.get(about) != sentence:
            self._said[about] = sentence
            print(f"{time.strftime('%Y-%m-%dT%H:%M:%S')} {sentence}", flush=True)  # noqa: T201 (this is its log)


def _standing(run: dict[str, Any], answer: dict[str, Any]) -> str:
    if answer["standing"] == "matched":
        which = f"is the run {answer['run']}"
    elif answer["standing"] == "aside":
        which = "was set aside: it is no planned run"
    else:
        which = "waits: somebody has to say which run it is, on the page Run folders"
    return f"{run['position']}: {run['experiment_id'] or 'a run without a name'} ({run['state']}) {which}."
