"""What a kubectl, or an oc, does that writes down how it is called and answers from objects kept in a file."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.deployment.recorder import answers

_WITH_VALUE = {"-o", "--output", "-n", "--namespace", "-f", "--filename", "-l", "--selector", "-c", "--container"}


@dataclass
class Call:
    """One call. words: what is no flag; flags: name → value, "" for one without; input: what came on standard input.

    folder: of the recorder; rendered_by: the kubectl that renders overlays, empty for the short form.
    """

    program: str
    folder: Path
    input: str
    rendered_by: str
    words: list[str] = field(default_factory=list)
    flags: dict[str, str] = field(default_factory=dict)
    behind: list[str] = field(default_factory=list)

    @property
    def namespace(self) -> str:
        """The namespace that is asked about."""
        return self.flags.get("--namespace", self.flags.get("-n", ""))

    def read(self, words: Sequence[str]) -> None:
        """Take a command line apart."""
        rest = list(words)
        while rest:
            word = rest.pop(0)
            if word == "--":
                self.behind = rest
                break
            if word in _WITH_VALUE:
                self.flags[word] = rest.pop(0)
            elif word.startswith("-") and word != "-":
                name, _, value = word.partition("=")
                self.flags[name] = value
            else:
                self.words.append(word)


@dataclass(frozen=True)
class Said:
    """How a program ended."""

    code: int = 0
    out: str = ""
    err: str = ""


def respond(call: Call, words: Sequence[str]) -> Said:
    """Record the call, answer it and keep what it changed."""
    file = call.folder / "state.json"
    state: dict[str, Any] = json.loads(file.read_text("utf-8"))
    with (call.folder / "calls.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps({"program": call.program, "words": list(words), "input": call.input}) + "\n")
    call.read(words)
    told = _told(state, " ".join(words))
    if told is None:
        try:
            told = Said(out=answers.answer(call, state))
        except answers.Refused as refusal:
            return Said(1, err=f"Error from server ({refusal.kind}): {refusal}\n")
    file.write_text(json.dumps(state), encoding="utf-8")
    return told


def _told(state: dict[str, Any], line: str) -> Said | None:
    """Return how the test has told to end for a command line like this one, if it has."""
    for rule in state["failures"]:
        if re.search(rule["like"], line) and rule["times"] != 0:
            rule["times"] -= 1
            return Said(rule["code"], err=f"{rule['says']}\n")
    return None
