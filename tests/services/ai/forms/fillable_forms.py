"""Makes fillable forms with coloured fields beside their labels and in their tables, as they look when printed."""

import random

from reportlab.lib.colors import Color

from tests.services.ai.forms.contents import HEADINGS, WORDINGS, Made, Style, rows, values
from tests.services.ai.forms.other_forms import Page

#: What people give fields as their paper, from white to a grey that a scanner makes darker still.
_PAPERS = ((1.0, 1.0, 1.0), (0.94, 0.94, 0.94), (0.86, 0.86, 0.86), (0.8, 0.85, 1.0))
_TALL, _LABEL = 14.0, 8.0


def fillable(seed: int) -> Made:
    """Return one form with its fields filled in."""
    rng = random.Random(f"fillable/{seed}")
    page = Page(rng, landscape=False, turn=0)
    count = rng.randint(3, 14)
    told, samples_ = values(rng, count), rows(rng, count)
    style = Style(rng.random() < 0.3, rng.choice(("µ", "u")), rng.random() < 0.2, thousands=False)
    paper = Color(*rng.choice(_PAPERS))
    page.text(50, "Request for sequencing (to be filled in on a screen)", bold=True, size=14)
    page.y += 32
    names = [name for name in WORDINGS if name in told]
    for left, right in zip(names[::2], [*names[1::2], ""], strict=False):
        for x, name in ((40, left), (300, right)):
            if name:
                page.text(x, f"{rng.choice(WORDINGS[name])}:", bold=True, size=_LABEL)
                _field(page, (x + 108, x + 252), told[name][0], paper=paper, name=name)
        page.y += 20
    page.y += 16
    _table(page, samples_, style, paper=paper)
    page.canvas.showPage()
    page.canvas.save()
    kept = [{name: value for name, value in row.items() if value is not None} for row in samples_]
    fields = {name: value for name, (_, value) in told.items()}
    return Made(page.sink.getvalue(), "fillable", fields, kept, places=page.places, size=page.size)


def _table(page: Page, samples_: list[dict[str, object]], style: Style, *, paper: Color) -> None:
    wide = (page.size[0] - 80) / len(HEADINGS)
    for index, texts in enumerate(HEADINGS.values()):
        page.text(40 + index * wide, texts[0].format(ul=f"{style.micro}L", conc=style.unit()), bold=True, size=7)
    page.y += 14
    for row in samples_:
        for index, name in enumerate(HEADINGS):
            x = 40 + index * wide
            _field(page, (x, x + wide - 5), style.written(name, row[name]), paper=paper)
        page.y += 18


def _field(page: Page, ends: tuple[float, float], text: str, *, paper: Color, name: str = "") -> None:
    left, right = ends
    page.canvas.acroForm.textfield(
        name=f"f{page.number}-{left:.0f}-{page.y:.0f}", value=text, x=left, y=page.size[1] - page.y - _TALL + 3,
        width=right - left, height=_TALL, fontSize=7.5, borderWidth=0.7, fillColor=paper, borderColor=Color(0, 0, 0),
        textColor=Color(0, 0, 0), forceBorder=True,
    )  # fmt: skip
    if name:
        page.places[name] = (page.number, (left, page.y - 3, right, page.y + _TALL - 3))
