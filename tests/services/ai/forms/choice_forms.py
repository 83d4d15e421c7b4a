"""Makes a form whose choices are marked in the ways in which people mark them, with boxes and circles of its own."""

import io
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from reportlab.pdfgen.canvas import Canvas

from nanopore_tracking.services.ai.templates.model import Group, Option, Template
from tests.services.ai.forms.contents import Made

Shape = Literal["box", "circle"]
Pen = Literal["tick", "cross", "filled", "dot"]
PENS: tuple[Pen, ...] = ("tick", "cross", "filled", "dot")
_TITLE = "Choices of a service"
#: A small page, so that recognising it takes a third of the time.
SIZE = (300.0, 510.0)


@dataclass(frozen=True)
class Question:
    """A question of the form: its field, its label, its options, and how these are drawn and marked."""

    field: str
    label: str
    options: tuple[str, ...]
    shape: Shape = "box"
    pen: Pen = "tick"
    many: bool = False


QUESTIONS = (
    Question("library_kit", "Library kit:", ("Ligation (SQK-LSK114)", "Rapid (SQK-RAD114)"), "circle", "dot"),
    Question("sample_type", "Sample type:", ("Genomic DNA", "PCR amplicons", "Plasmids"), "box", "tick"),
    Question("buffer", "Sample buffer:", ("Elution buffer", "Water without nuclease"), "box", "cross"),
    Question("flow_cell_type", "Flow cell type:", ("MinION cell", "PromethION cell"), "circle", "filled"),
    Question("basecalling", "Basecalling model:", ("Fast model", "HAC model", "SUP model"), "box", "filled", many=True),
    Question("priority", "Priority:", ("Normal turn", "High urgency", "Rush order"), "circle", "tick"),
)
TEMPLATE = Template(
    name="choices",
    fingerprint=(_TITLE,),
    groups=tuple(
        Group(
            field=each.field,
            label=each.label,
            kind="many" if each.many else "one",
            options=tuple(Option(text, text) for text in each.options),
        )
        for each in QUESTIONS
    ),
)
#: Option of each question that is marked, by its number.
Marked = Mapping[str, tuple[int, ...]]
FIRST: Marked = {each.field: (0,) for each in QUESTIONS}


def said(marked: Marked) -> dict[str, Any]:
    """Return what the form says, by field; None where nothing is marked."""
    found: dict[str, Any] = {}
    for each in QUESTIONS:
        texts = [each.options[index] for index in marked.get(each.field, ())]
        found[each.field] = texts if each.many and texts else texts[0] if texts else None
    return found


def choices(marked: Marked, *, pens: Callable[[Question], Pen] = lambda question: question.pen) -> bytes:
    """Return the form as PDF, marked so."""
    sink = io.BytesIO()
    canvas = Canvas(sink, pagesize=SIZE, invariant=1)
    canvas.setFont("Helvetica-Bold", 14)
    canvas.drawString(40, 470, _TITLE)
    y = 440.0
    for question in QUESTIONS:
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(40, y, question.label)
        for index, text in enumerate(question.options):
            y -= 17
            outline(canvas, (49.0, y + 3.5), 9.5, shape=question.shape)
            if index in marked.get(question.field, ()):
                mark(canvas, (49.0, y + 3.5), 9.5, pen=pens(question))
            canvas.setFillGray(0)
            canvas.setFont("Helvetica", 10)
            canvas.drawString(58, y, text)
        y -= 24
    canvas.save()
    return sink.getvalue()


def outline(canvas: Canvas, middle: tuple[float, float], size: float, *, shape: Shape) -> None:
    """Draw an empty box or circle."""
    x, y = middle
    canvas.setStrokeGray(0.25)
    canvas.setLineWidth(0.8)
    if shape == "box":
        canvas.rect(x - size / 2, y - size / 2, size, size, stroke=1, fill=0)
    else:
        canvas.circle(x, y, size / 2, stroke=1, fill=0)


def mark(canvas: Canvas, middle: tuple[float, float], size: float, *, pen: Pen) -> None:
    """Mark a box or circle with a pen."""
    (x, y), third = middle, size / 3
    canvas.setStrokeGray(0)
    canvas.setFillGray(0)
    canvas.setLineWidth(1.1)
    if pen == "tick":
        # As by hand: it begins inside and ends outside.
        foot = (x - third / 3, y - third)
        canvas.lines([(x - third, y, *foot), (*foot, x + 1.6 * third, y + 2 * third)])
    elif pen == "cross":
        canvas.lines([(x - third, y - third, x + third, y + third), (x - third, y + third, x + third, y - third)])
    elif pen == "filled":
        canvas.rect(x - third, y - third, 2 * third, 2 * third, stroke=0, fill=1)
    else:
        canvas.circle(x, y, size / 5, stroke=0, fill=1)


def made(seed: int) -> Made:
    """Return a form of which some questions were answered, for a set of forms."""
    rng = random.Random(f"choices/{seed}")
    marked = {
        each.field: tuple(sorted(rng.sample(range(len(each.options)), rng.randint(1, 2) if each.many else 1)))
        for each in QUESTIONS
        if rng.random() < 0.85
    }
    pens = {each.field: rng.choice(PENS) for each in QUESTIONS}
    fields = {name: value for name, value in said(marked).items() if value is not None}
    content = choices(marked, pens=lambda question: pens[question.field])
    return Made(content, "choices", fields, [], size=SIZE)
