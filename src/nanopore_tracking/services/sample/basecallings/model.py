"""What a sheet of basecallings says: one record of each sample, or what is wrong with which cell."""

import re
import typing
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from nanopore_tracking.contracts.api.sample.basecallings import MOST, BasecallingLine
from nanopore_tracking.contracts.api.sample.edits import CellProblem
from nanopore_tracking.contracts.api.sample.records import NewBasecalling, ReadSet
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.samples.model import Sample
from nanopore_tracking.services.sample.sheet_tables import model as tables

#: The columns of the template; `name` is for people only, a sheet may do without those that are not in NEEDED.
COLUMNS = ("sample", "name", "barcode", "model", "min_q", "reads", "bases_pass_bp", "n50_bp", "mean_q", "note")
NEEDED = ("sample", "model", "reads", "bases_pass_bp", "n50_bp", "mean_q")
_OF_SET = ("barcode", "reads", "bases_pass_bp", "n50_bp", "mean_q")
_OF_RECORD = ("model", "min_q", "note")
_WHOLE, _NUMBERS = ("reads", "bases_pass_bp"), ("min_q", "n50_bp", "mean_q")
_SAYS: Mapping[str, str] = {
    "barcode": "Written like barcode07, or unclassified; blank where the library has none.",
    "model": "The model with its version, like dna_r10.4.1_e8.2_400bps_sup@v5.2.0, without blanks.",
    "min_q": "A Q-score between 0 and 60, like 10; blank where it is not known.",
    "reads": "A whole number of reads, like 1200000, without commas or blanks.",
    "bases_pass_bp": "A whole number of bases, like 14000000000, without commas or blanks.",
    "n50_bp": "A length in bases between 0 and 100,000,000, like 24000.",
    "mean_q": "A Q-score between 0 and 60, like 18.4.",
    "note": "At most 1,000 characters, without control characters.",
}
_INTEGER, _NUMBER = re.compile(r"[0-9]{1,18}"), re.compile(r"[0-9]+([.,][0-9]+)?([eE][+-]?[0-9]{1,2})?")
_KINDS = typing.get_type_hints(ReadSet, include_extras=True) | typing.get_type_hints(
    NewBasecalling, include_extras=True
)


@dataclass(kw_only=True, slots=True)
class Line:
    """One line as it is understood. said: the cells that are right, as values; sample None: none that may be seen."""

    number: int
    code: str
    cells: Mapping[str, str]
    sample: Sample | None = None
    said: dict[str, Any] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)

    def wrong(self, name: str, message: str) -> None:
        """Add what is wrong with a cell."""
        self.problems.append(CellProblem(field=name, level="error", message=message))

    @property
    def answered(self) -> BasecallingLine:
        """What is answered of it."""
        return BasecallingLine(line=self.number, sample=self.code, cells=dict(self.cells), problems=self.problems)


def read(text: str) -> list[Line]:
    """Return the lines of a sheet; Invalid where its headings are not those of the template, TooLarge."""
    plain = text.removeprefix(tables.BOM)
    first = plain.partition("\n")[0]
    table = tables.quoted_table(plain, max((",", ";", "\t"), key=first.count))
    columns = [name.strip().lower() for name in table.columns]
    _headed(columns)
    lines = []
    for row in table.rows:
        cells = {name: cell.strip() for name, cell in row.named(columns).items()}
        if any(row.cells):
            line = Line(number=row.line, code=cells.get("sample", "").upper(), cells=cells)
            if len(row.cells) > len(columns):
                line.wrong("sample", "This line has more cells than there are headings.")
            lines.append(line)
    if not lines:
        _refuse("The sheet has no line below its headings.")
    if len(lines) > MOST:
        message = f"A sheet has at most {MOST:,} lines, and this one has {len(lines):,}."
        raise errors.TooLarge(f"{message} Nothing was recorded.", fields=[errors.FieldError("sheet", message)])
    return lines


def _headed(columns: Sequence[str]) -> None:
    strange = [name for name in columns if name not in COLUMNS]
    missing = [name for name in NEEDED if name not in columns]
    if strange or missing or len(set(columns)) < len(columns):
        what = [f"it has no column {name}" for name in missing]
        what += [f"{name[:40] or 'a blank heading'} is not known" for name in strange]
        what += ["one stands twice"] if len(set(columns)) < len(columns) else []
        _refuse(f"The headings are not those of the template: {', '.join(what[:10])}. They are {', '.join(COLUMNS)}.")


def _refuse(message: str) -> None:
    raise errors.Invalid(f"{message} Nothing was recorded.", fields=[errors.FieldError("sheet", message)])


def understand(lines: Iterable[Line], samples: Mapping[str, Sample]) -> dict[str, NewBasecalling]:
    """Return the record that the lines say of each sample, and add to each line what is wrong. samples: by code."""
    of_sample: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        line.sample = samples.get(line.code)
        if not line.code:
            line.wrong("sample", "Say of which sample this line is.")
        elif line.sample is None:
            line.wrong("sample", f"There is no sample {line.code[:40]}, or none that you may see.")
        for name in (*_OF_SET, *_OF_RECORD):
            _cell(line, name, line.cells.get(name, ""))
        of_sample[line.code].append(line)
    for group in of_sample.values():
        _together(group)
    return {
        code: _record(group)
        for code, group in of_sample.items()
        if not any(problem for line in group for problem in line.problems)
    }


def _cell(line: Line, name: str, cell: str) -> None:
    if not cell:
        if name in NEEDED:
            line.wrong(name, f"Fill this in, or take the line out. {_SAYS[name]}")
        return
    pattern = _INTEGER if name in _WHOLE else _NUMBER if name in _NUMBERS else None
    if pattern and not pattern.fullmatch(cell):
        line.wrong(name, _SAYS[name])
        return
    value = int(cell) if name in _WHOLE else float(cell.replace(",", ".")) if name in _NUMBERS else cell
    try:
        line.said[name] = msgspec.convert(value, _KINDS[name])
    except msgspec.ValidationError:
        line.wrong(name, _SAYS[name])


def _together(group: Sequence[Line]) -> None:
    """Add what is wrong with lines of one sample beside each other: they are read sets of one record."""
    first = group[0]
    seen: dict[str, int] = {}
    for line in group:
        barcode = line.cells.get("barcode", "")
        if barcode in seen:
            what = f"with {barcode}" if barcode else "without a barcode"
            line.wrong("sample", f"This sample stands in line {seen[barcode]} {what} already.")
        seen.setdefault(barcode, line.number)
        for name in _OF_RECORD:
            if line.cells.get(name, "") != first.cells.get(name, ""):
                line.wrong(name, f"Line {first.number} of this sample says something else; they are one record.")


def _record(group: Sequence[Line]) -> NewBasecalling:
    sets = [ReadSet(**{name: line.said[name] for name in _OF_SET if name in line.said}) for line in group]
    return NewBasecalling(read_sets=sets, **{name: group[0].said[name] for name in _OF_RECORD if name in group[0].said})


def right(lines: Sequence[Line]) -> None:
    """Raise Invalid with each wrong cell where any is wrong."""
    wrong = [
        errors.FieldError(f"sheet.{line.number}.{problem.field}", problem.message)
        for line in lines
        for problem in line.problems
    ]
    if wrong:
        many = "1 cell is" if len(wrong) == 1 else f"{len(wrong):,} cells are"
        message = f"{many} not as they must be. Nothing was recorded; correct the sheet and send it again."
        raise errors.Invalid(message, fields=wrong[:100])


def template(samples: Sequence[Sample], barcodes: Mapping[Any, Sequence[str]]) -> list[list[str]]:
    """Return the rows of a template: one for each barcode of each sample. barcodes: by the sample's id."""
    rows = [list(COLUMNS)]
    for sample in samples:
        for barcode in barcodes.get(sample.id) or ("",):
            known = {"sample": sample.code, "name": sample.name, "barcode": barcode}
            rows.append([known.get(name, "") for name in COLUMNS])
    return rows
