"""Forms of which nobody knows a word, and truths: `python -m tests.services.ai.forms.unseen_forms FOLDER COUNT`."""

import sys
from pathlib import Path

import msgspec

from tests.services.ai.forms.contents import Made
from tests.services.ai.forms.other_forms import LAYOUTS, make
from tests.services.ai.forms.unseen_words import HEADINGS, LABELS


def forms(count: int) -> list[Made]:
    """Return forms in turn of each layout."""
    turns = [(layout, seed) for seed in range(1 + count // len(LAYOUTS)) for layout in LAYOUTS]
    return [make(layout, seed, wordings=LABELS, headings=HEADINGS) for layout, seed in turns[:count]]


def write(folder: Path, count: int) -> None:
    """Write forms into a folder, each with its truth beside it, as `ai evaluate` takes them."""
    from tests.services.ai.forms.test_other_forms import truth

    for number, made in enumerate(forms(count)):
        name = f"unseen-{number:03}"
        (folder / f"{name}.pdf").write_bytes(made.content)
        told = msgspec.structs.replace(truth(made), file=f"{name}.pdf")
        (folder / f"{name}.truth.json").write_bytes(msgspec.json.encode(told))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
