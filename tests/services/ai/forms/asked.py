"""Forms that a language model is asked about, and the settings for that."""

from collections.abc import Sequence
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from nanopore_tracking.services.ai.consultations.commands import help_reading, leave_of
from nanopore_tracking.services.ai.forms.model import FormReading, Options, Read
from nanopore_tracking.services.ai.settings import ModelSettings
from nanopore_tracking.services.ai.templates.model import shipped
from tests.harness.model_server import ModelServer
from tests.services.ai.forms.reading import read
from tests.services.ai.forms.small_forms import pdf

#: A form whose labels the rules do not know, all but two.
LINES = (
    ("Aktenzeichen:", "RQ-7781"),
    ("Vorhaben:", "Riverbank survey"),
    ("Tierart:", "Exampella testii"),
    ("Source organism:", "Exampella testii"),
    ("Flow cells:", "2"),
    ("Absender:", "Robin Vantage"),
    ("Mail:", "robin.vantage@example.org"),
)
LETTER = (
    "Dear colleagues, with this letter we would like to ask for the sequencing of samples that we took last summer.",
    "They are filed with you under the file RQ-7781, and you may charge everything to 11-22222-3333 as before.",
    "The tubes hold genomic material from Exampella testii taken at the river, as agreed with your laboratory before.",
    "As to amounts: tube QX1 holds 30 µL at 25,5 ng/µL, and we would be glad to hear from you within some weeks.",
)


def letter(lines: Sequence[str] = LETTER) -> bytes:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        for index, line in enumerate(lines):
            canvas.drawString(60, 700 - index * 13, line)

    return pdf((), draw=draw)


def settings(server: ModelServer, way: str = "hybrid", **more: Any) -> ModelSettings:
    told: dict[str, Any] = {
        "llm_url": server.url,
        "llm_model": "tiny-reader",
        "llm_place": "local",
        "llm_timeout_s": 2.0,
    }
    return ModelSettings(**{"reading_method": way, **told, **more})


async def helped(
    content: bytes, server: ModelServer, way: str = "hybrid", *, agreed: bool = True, **more: Any
) -> FormReading:
    """Read a form by rules, and let the model help."""
    options = Options(kind="pdf", templates=list(shipped()))
    reading = read(content, "pdf", options.templates, learnt={}, lines=True)
    leave = leave_of("PRJ-0001", agreed=agreed)
    return await help_reading(settings(server, way, **more), reading, options, leave=leave, db=None)


def by_name(reading: FormReading) -> dict[str, Read]:
    return {each.field: each for each in reading.fields}
