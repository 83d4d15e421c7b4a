"""Forms with what they say, for the reading inside a container: one that is whole and one that has to be repaired."""

import json
from pathlib import Path
from typing import Any

import msgspec

from nanopore_tracking.services.ai.evaluations.model import Truth
from tests.services.ai.forms.small_forms import LINES, pdf

#: What a form of `small_forms` says, by field.
_SAYS = {"quote_id": LINES[0][1], "submitter_name": LINES[1][1], "submitter_email": LINES[2][1]}
_COUNT = 2


def write(folder: Path) -> None:
    """Write the forms into a folder, open to everybody."""
    whole = pdf()
    # pdfium refuses it.
    damaged = whole.replace(b"startxref", b"startxxxx").replace(b"trailer", b"trbiler")
    folder.chmod(0o755)
    fields: dict[str, dict[str, Any]] = {name: {"value": value} for name, value in _SAYS.items()}
    for name, content in (("whole", whole), ("damaged", damaged)):
        (folder / f"{name}.pdf").write_bytes(content)
        truth = Truth(file=f"{name}.pdf", format="pdf", layout=name, fields=fields, samples=[])
        (folder / f"{name}.truth.json").write_bytes(msgspec.json.encode(truth))


def problem(said: str) -> str:
    """Return what is wrong with what `ai evaluate --json` said of them; empty when every form was read."""
    start = said.find("{")
    if start < 0:
        return f"the forms were not read:\n{said[-2000:]}"
    found = json.loads(said[start:])
    if found["documents"] != _COUNT or found["refused"]:
        return f"{found['documents']} forms were looked at; refused: {found['refused']}"
    if found["fields"]["right"] != _COUNT * len(_SAYS):
        return f"of {_COUNT * len(_SAYS)} fields {found['fields']['right']} were read rightly"
    return ""
