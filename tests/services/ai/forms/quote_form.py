"""Prints the quote form of an invented facility as a browser would: all text the same, what is chosen only drawn."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

KITS = (
    "Ligation Sequencing (SQK-LSK114)",
    "Ligation Sequencing with Barcoding (SQK-NBD114.96)",
    "Rapid Sequencing (SQK-RAD114)",
    "Rapid Sequencing with Barcoding (SQK-RBK114.24)",
)
TYPES = ("High Molecular Weight DNA / gDNA", "Fragmented DNA", "PCR Amplicons", "cDNA")
BASECALLING = (
    "HAC (High Accuracy - Usually sufficient for most applications)",
    "SUP (Super-High Accuracy - Computing intensive and may add 1-2 weeks to data delivery)",
    "Methylation",
)
FORMATS = ("FASTQ / BAM", "POD5 (only necessary if you wish to do basecalling on your own)")
DELIVERIES = (
    "Deliver my data to ITS Research Computing storage (/proj)",
    "Provide me with a URL to download my data via the web",
    "Pre-arranged data delivery method for this project",
    "Other",
)
HEADINGS = (
    "",
    "Sample Name",
    "Volume (µL)",
    "Qubit Conc. (ng/µL)",
    "Nanodrop Conc. (ng/µL)",
    "A260/A280 ratio",
    "A260/A230 ratio",
)
RULES = (42.0, 57.0, 130.5, 193.5, 293.2, 415.5, 492.0, 569.2)
_TOP, _BOTTOM, _LINE = 36.0, 752.0, 14.6


def samples(count: int = 96) -> list[Sequence[str]]:
    """Return the rows of the example: amplicons, two controls; Qubit and A260/230 were not measured."""
    rows: list[Sequence[str]] = [
        (f"QX_{index:02d}", "2", "", f"{38 + index % 7}.{index % 10}", f"1.{79 + index % 8}", "")
        for index in range(1, count - 1)
    ]
    return [*rows, ("Positive control", "2", "", "40.0", "1.80", ""), ("BLANK", "2", "", "0.4", "", "")]


@dataclass(kw_only=True)
class QuoteForm:
    """What is filled in; chosen options by their number in each group."""

    quote: bool = True
    rows: list[Sequence[str]] = field(default_factory=samples)
    kit: tuple[int, ...] = (3,)
    types: tuple[int, ...] = (2,)
    human: tuple[int, ...] = (1,)
    buffer: tuple[int, ...] = (0,)
    flow_cell: tuple[int, ...] = (0,)
    basecalling: tuple[int, ...] = (0, 1)
    formats: tuple[int, ...] = (0,)
    delivery: tuple[int, ...] = (1,)
    types_texts: tuple[str, ...] = TYPES
    turn: int = 0
    hidden: str = ""

    def pdf(self) -> bytes:
        """Return the form as it is printed."""
        return _Printer(self).printed()


class _Printer:
    """Prints one form, from top to bottom, and begins a page where the last is full."""

    def __init__(self, form: QuoteForm) -> None:
        self.form = form
        self.sink = io.BytesIO()
        # The library turns the page's size along with the page.
        across = letter[::-1] if form.turn in (90, 270) else letter
        self.canvas = Canvas(self.sink, pagesize=across, invariant=1)
        self.y = _TOP

    def printed(self) -> bytes:
        self._begin()
        if self.form.quote:
            self._summary()
        else:
            self._lines(
                "Form associated with:",
                "Service Project HTSF--QX-901 at High Throughput Sequencing Facility - 1",
                "Owner: Robin Vantage (Ostrander, Kit (INST) Lab)",
            )
        self._questions()
        self._table()
        self._more_questions()
        if self.form.quote:
            self._charges()
        self.canvas.showPage()
        self.canvas.save()
        return self.sink.getvalue()

    def _begin(self) -> None:
        self.canvas.setPageRotation(self.form.turn)
        if self.form.hidden:
            self.canvas.setFillGray(1)
            self.canvas.setFont("Helvetica", 8)
            self.canvas.drawString(42, 14, self.form.hidden)
            self.canvas.setFillGray(0)

    def _room(self, height: float) -> None:
        if self.y + height > _BOTTOM:
            self.canvas.showPage()
            self._begin()
            self.y = _TOP

    def _lines(self, *texts: str, size: float = 10.0, x: float = 42.0) -> None:
        for text in texts:
            self._room(_LINE)
            self._text(x, text, size)
            self.y += _LINE

    def _text(self, x: float, text: str, size: float = 10.0) -> None:
        self.canvas.setFont("Helvetica", size)
        self.canvas.setFillGray(0)
        self.canvas.drawString(x, letter[1] - self.y - size, text)

    def _summary(self) -> None:
        self._lines("University of North Carolina at Chapel Hill", "High Throughput Sequencing Facility - 1", size=12)
        self._lines("Quote:", "Identifier: HTSF--QX-901", "As of:", "March 3, 2031", "Expires on:", "Summary")
        for label, value in (
            ("Service Requested:", "Oxford Nanopore DNA Samples Request"),
            ("Requester:", "Robin Vantage"),
            ("E-mail:", "robin.vantage@example.org"),
            ("Phone:", ""),
            ("Lab:", "Ostrander, Kit (INST) Lab"),
            ("Billing address:", ",,,,,"),
            ("PIs:", "Kit Ostrander - - kit.ostrander@example.org"),
            ("Financial Contacts:", "Dana Quill - 000-000-0000 - dana.quill@example.org"),
        ):
            self._text(42, label)
            self._text(170, value)
            self.y += _LINE
        self._lines("Request Summary:", "Forms")

    def _questions(self) -> None:
        form = self.form
        self._lines("HTSF Nanopore Submission Form DNA", size=13)
        self._lines("*I will be submitting DNA for:")
        self._options(KITS, form.kit, radio=True)
        self._lines("*Type of Sample")
        self._options(form.types_texts, form.types)
        self._lines("*Do these samples contain human DNA? (required)")
        self._options(("Yes", "No"), form.human, radio=True)
        self._lines("Source Organism:", "Exampella testii", "Sample Buffer:")
        self._options(("EB", "Nuclease-Free Water"), form.buffer)
        self._lines("*Sample Information:")

    def _more_questions(self) -> None:
        form = self.form
        self._room(120)
        self._lines("*Flow Cell Selection:")
        self._options(("MinION Flow Cell", "PromethION Flow Cell"), form.flow_cell)
        self._lines("Approx. Genome Size", "600", "Approx. Coverage Needed", "50x-100x")
        self._lines("Estimated number of Flow Cells", "1", "Additional Comments / Special Needs")
        self._lines("600 bp amplicon, want 20,000 reads per sample", "please keep the rest", "")
        self._lines("Bioinformatics and Data Delivery", size=12)
        self._lines("I would like my data to be basecalled using:")
        self._options(BASECALLING, form.basecalling)
        self._lines("File Format:")
        self._options(FORMATS, form.formats)
        self._lines("Data Delivery Notification email addresses:", "robin.vantage@example.org")
        self._lines("How would you like to retrieve your data from HTSF?")
        self._options(DELIVERIES, form.delivery)
        self._lines("Note: consulting about bioinformatics is offered by another facility.")

    def _charges(self) -> None:
        self._room(200)
        self._lines("Projected Cost: $1,234.50", "Known Charges: $1,234.50")
        columns = (42, 150, 250, 310, 380, 470, 520)
        heads = ("Name", "Billing Status", "Quantity", "Unit Price", "Extended Price", "Tax", "Total")
        row = ("MinION DNA Flow Cell", "Not ready to bill", "1.0", "$1,234.50", "$1,234.50", "$0.00", "$1,234.50")
        for texts in (heads, row):
            for x, text in zip(columns, texts, strict=True):
                self._text(x, text, 8)
            self.y += _LINE
        self._lines("Please consider the environment before printing this Quote.", size=8)

    def _options(self, texts: Sequence[str], marked: Sequence[int], *, radio: bool = False) -> None:
        for index, text in enumerate(texts):
            self._room(_LINE)
            (self._radio if radio else self._box)(on=index in marked)
            self._text(58.5 if radio else 59.2, text)
            self.y += _LINE

    def _radio(self, *, on: bool) -> None:
        middle = letter[1] - self.y - 6.5
        for gray, wide in ((0.6, 6.4), (1.0, 5.2), (0.85, 5.7)):
            self.canvas.setFillGray(gray)
            self.canvas.circle(48.8, middle, wide / 2, stroke=0, fill=1)
        if on:
            self.canvas.setFillGray(0)
            self.canvas.circle(48.8, middle, 1.25, stroke=0, fill=1)

    def _box(self, *, on: bool) -> None:
        middle = letter[1] - self.y - 6.5
        self.canvas.setStrokeGray(0.4)
        self.canvas.setLineWidth(0.7)
        self.canvas.rect(44.2, middle - 4.9, 9.7, 9.7, stroke=1, fill=0)
        if on:
            self.canvas.setFillGray(0)
            for left, wide, tall in ((46.5, 5.7, 6.5), (46.9, 6.5, 8.1)):
                curve = self.canvas.beginPath()
                curve.moveTo(left, middle - 1)
                curve.curveTo(left + 1, middle - tall / 2, left + 2, middle - tall / 2, left + 2.4, middle - tall / 2)
                curve.lineTo(left + wide, middle + tall / 2)
                curve.lineTo(left + 2.6, middle - 1)
                curve.close()
                self.canvas.drawPath(curve, stroke=0, fill=1)

    def _table(self) -> None:
        self._heading()
        for number in range(1, 100):
            if self.y + 16 > _BOTTOM:
                self._room(1000)
                self._heading()
            row = self.form.rows[number - 1] if number <= len(self.form.rows) else ("",) * 6
            self._row((str(number), *row))
        self.y += 8

    def _heading(self) -> None:
        self._room(32)
        top = letter[1] - self.y
        for left, text in zip(RULES, HEADINGS, strict=False):
            if text.startswith("A260"):
                self._ratio(left + 3, text)
            else:
                self._text(left + 3, text, 9)
        self._grid(top, 16)
        self.y += 16

    def _ratio(self, x: float, text: str) -> None:
        """Print a ratio with its numbers lowered."""
        base = letter[1] - self.y - 9
        for part, lowered in (("A", False), ("260", True), ("/A", False), (text[6:9], True), (" ratio", False)):
            size = 6.0 if lowered else 9.0
            self.canvas.setFillGray(0)
            self.canvas.setFont("Helvetica", size)
            self.canvas.drawString(x, base - (2 if lowered else 0), part)
            x += self.canvas.stringWidth(part, "Helvetica", size)

    def _row(self, texts: Sequence[str]) -> None:
        for left, text in zip(RULES, texts, strict=False):
            self._text(left + 2, text, 8 if left == RULES[0] else 9)
        self._grid(letter[1] - self.y, 15)
        self.y += 15

    def _grid(self, top: float, tall: float) -> None:
        self.canvas.setStrokeGray(0.2)
        self.canvas.setLineWidth(0.5)
        for x in RULES:
            self.canvas.line(x, top, x, top - tall)
        for y in (top, top - tall):
            self.canvas.line(RULES[0], y, RULES[-1], y)
