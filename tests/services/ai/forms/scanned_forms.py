"""Scans of generated forms, and truths: `python -m tests.services.ai.forms.scanned_forms FOLDER [SEEDS] [LAYOUT …]`.

`--evaluate SEEDS` has them read at once, which `make scans` does.
"""

import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pypdfium2

from nanopore_tracking.services.ai.evaluations.model import Truth
from tests.services.ai.forms import choice_forms, scans
from tests.services.ai.forms.contents import Made
from tests.services.ai.forms.fillable_forms import fillable
from tests.services.ai.forms.letters import letter
from tests.services.ai.forms.other_forms import LAYOUTS, make
from tests.services.ai.forms.quote_form import QuoteForm
from tests.services.ai.forms.scans import Scan

#: A way to scan a page: what it is called, and how it is for a page of its own seed.
Way = Callable[[str], Scan]


def _askew(seed: str) -> Scan:
    return replace(scans.scan_of(seed), skew=random.Random(f"skew/{seed}").choice((-2.5, 2.5)))


WAYS: dict[str, Way] = {
    "as offices do": scans.scan_of,
    "150 dpi, JPEG 30": lambda seed: replace(scans.scan_of(seed), dpi=150, quality=30),
    "300 dpi, JPEG 80": lambda seed: replace(scans.scan_of(seed), dpi=300, quality=80),
    "2.5° askew": _askew,
    "pale and noisy": lambda seed: replace(scans.scan_of(seed), depth=0.55, noise=14.0, blur=0.8),
}


def _quote(seed: int) -> Made:
    from tests.services.ai.forms.test_quote_form import MARKS, ON_BOTH, ON_QUOTES

    quote = seed % 2 == 0
    form = QuoteForm(quote=quote)
    names = ("sample_name", "volume_ul", "", "nanodrop_ng_per_ul", "a260_a280", "")
    rows = [{name: _cell(name, text) for name, text in zip(names, row, strict=True) if text} for row in form.rows]
    fields = MARKS | ON_BOTH | (ON_QUOTES if quote else {})
    return Made(form.pdf(), "quote form" if quote else "custom form", fields, rows)


def _cell(name: str, text: str) -> Any:
    return text if name == "sample_name" else float(text)


MAKERS: dict[str, Callable[[int], Made]] = {
    **{name: partial(make, name) for name in LAYOUTS},
    "fillable": fillable,
    "choices": choice_forms.made,
    "letter": letter,
    "quote": _quote,
}


def forms(seeds: int, layouts: Sequence[str] = tuple(MAKERS)) -> Iterator[tuple[str, bytes, Truth]]:
    """Yield name, scan and truth of a form of each layout, scanned in each way, and that so many times over."""
    for layout in layouts:
        for number, way in enumerate(list(WAYS) * seeds):
            name = f"{layout}-{number:02}"
            made = MAKERS[layout](1000 + number)
            how = [WAYS[way](f"{name}/{page}") for page in range(len(pypdfium2.PdfDocument(made.content)))]
            yield name, scans.as_pdf(scans.pictures(made.content, how)), _truth(name, made, way, how=how)


def _truth(name: str, made: Made, way: str, *, how: Sequence[Scan]) -> Truth:
    size = made.size[::-1] if made.turn in (90, 270) else made.size

    def told(field: str, value: Any) -> dict[str, Any]:
        plain = value[0] if isinstance(value, list) and len(value) == 1 else value
        if field not in made.places:
            return {"value": plain}
        page = made.places[field][0]
        box = made.shown(field) if made.turn else made.places[field][1]
        return {"value": plain, "page": page, "bbox": scans.moved(box, size, how[page - 1].skew)}

    return Truth(
        file=f"{name}.pdf",
        format="pdf",
        layout=made.layout,
        scanned=way,
        fields={field: told(field, value) for field, value in made.fields.items()},
        samples=[{column: {"value": value} for column, value in row.items()} for row in made.rows],
        must_not=list(made.must_not),
    )


def write(folder: Path, seeds: int, layouts: Sequence[str] = tuple(MAKERS)) -> None:
    """Write scans into a folder, each with its truth beside it, as `ai evaluate` takes them."""
    for name, content, truth in forms(seeds, layouts):
        (folder / truth.file).write_bytes(content)
        (folder / f"{name}.truth.json").write_bytes(msgspec.json.encode(truth))


def evaluate(seeds: int) -> None:
    """Scan forms, have them read as `ai evaluate` does, and print how well that went."""
    with tempfile.TemporaryDirectory(prefix="nanopore-scans-") as folder:
        sys.stdout.write("Scanning generated forms …\n")
        write(Path(folder), seeds)
        sys.stdout.write("Reading them, some seconds for each page …\n")
        sys.stdout.flush()
        subprocess.run([sys.executable, "-m", "nanopore_tracking", "ai", "evaluate", folder], check=True)


if __name__ == "__main__":
    if sys.argv[1] == "--evaluate":
        evaluate(int(sys.argv[2]))
    else:
        write(Path(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 1, sys.argv[3:] or tuple(MAKERS))
