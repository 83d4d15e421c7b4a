"""The rule sets of four tools, each as its own code reads a sheet: it is taken, or a rule and a row are named."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nanopore_tracking.contracts.api.sample.sheets import Profile, SheetFinding
from nanopore_tracking.counting import counted
from nanopore_tracking.services.sample.sheet_tables import model as tables
from nanopore_tracking.services.sample.sheet_tables.model import Row, Table

TYPES = ("test_sample", "positive_control", "negative_control", "no_template_control")
_UI_TYPES = (*TYPES, "na", "positive_control_1", "positive_control_2")
#: The columns that dorado knows; any other one makes it refuse the sheet.
DORADO_COLUMNS = (
    "protocol_run_id", "flow_cell_id", "position_id", "sample_id", "experiment_id", "flow_cell_product_code", "kit",
    "alias", "type", "barcode",
)  # fmt: skip
_LONGEST = 40
_SAFE = re.compile(r"[A-Za-z0-9_-]*")
_BARCODE = "barcode"
_UI_PATTERNS: Mapping[str, str] = {
    "position_id": r"[A-Z0-9-]+",
    "flow_cell_id": r"[A-Z0-9_-]+",
    "sample_id": r"[A-Za-z0-9_.-]+",
    "experiment_id": r"[A-Za-z0-9_.-]+",
    "flow_cell_product_code": r"[A-Z0-9-]+",
    "kit": r"[A-Z0-9-]+( [A-Z0-9-]+)*",
    "alias": r"[A-Za-z0-9_.-]+",
    "barcode": r"barcode[0-9]{2,}",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is known besides the sheet; capacities: how many barcodes a kit has, by its code in dash form."""

    capacities: Mapping[str, int] = field(default_factory=dict)


def check(profile: Profile, text: str, known: Known | None = None) -> list[SheetFinding]:
    """Return every rule of a tool that a sheet breaks; without an error the tool takes it."""
    found = list(_hidden(text, profile))
    if tables.separated_by_semicolons(text):
        found.append(_broken("separator", "The columns are parted by semicolons; commas are wanted.", line=1))
        return found
    table = tables.plain_table(text) if profile == "dorado" else tables.quoted_table(_unmarked(text, profile))
    if not table.columns:
        return [*found, _broken("no-columns", "There are no columns in it.")]
    return found + list(_RULES[profile](table, known or Known()))


def accepted(findings: Sequence[SheetFinding]) -> bool:
    """Tell whether a tool takes a sheet with these findings."""
    return not any(each.severity == "error" for each in findings)


def _broken(rule: str, message: str, *, line: int | None = None, column: str = "") -> SheetFinding:
    return SheetFinding(rule=rule, severity="error", line=line, column=column, message=message)


def _unmarked(text: str, profile: Profile) -> str:
    return text.removeprefix(tables.BOM) if profile == "epi2me" else text


def _hidden(text: str, profile: Profile) -> Iterator[SheetFinding]:
    for line, name in tables.hidden(_unmarked(text, profile)):
        mark = line == 1 and text.startswith(tables.BOM) and profile != "epi2me"
        said = "a byte order mark, so that its first column is not known" if mark else f"the hidden character {name}"
        yield _broken("hidden-character", f"Line {line} has {said}.", line=line)


def _columns_once(table: Table) -> Iterator[SheetFinding]:
    for name, count in Counter(table.columns).items():
        if count > 1:
            yield _broken("duplicate-column", f"The column {name} is there {count} times.", line=1, column=name)


def _barcode_columns(columns: Sequence[str]) -> Iterator[SheetFinding]:
    """Alias and type belong to barcodes; barcodes need an alias; one or two barcode columns, not both kinds."""
    single, dual = _BARCODE in columns, [name for name in ("internal_barcode", "external_barcode") if name in columns]
    if single and dual:
        yield _broken("barcode-columns", "There are columns for single and for dual barcodes.", line=1)
    if len(dual) == 1:
        yield _broken("barcode-columns", f"{dual[0]} is there without its counterpart.", line=1, column=dual[0])
    if (single or dual) and "alias" not in columns:
        yield _broken("alias-missing", "There are barcodes and no column alias.", line=1, column="alias")
    if not single and not dual:
        for name in ("alias", "type"):
            if name in columns:
                message = f"There is a column {name} and no column of barcodes."
                yield _broken("barcode-missing", message, line=1, column=name)


def _minknow_api(table: Table, _known: Known) -> Iterator[SheetFinding]:
    """As `load_sample_sheet.py` of the package minknow_api reads it."""
    columns = table.columns
    yield from _columns_once(table)
    places = [name for name in ("flow_cell_id", "position_id") if name in columns]
    if len(places) != 1:
        message = "Exactly one of flow_cell_id and position_id is wanted" + ("; both are there." if places else ".")
        yield _broken("one-place", message, line=1)
        return
    headed = list(_barcode_columns(columns))
    yield from headed
    if not {"sample_id", "experiment_id", "alias"} & set(columns):
        yield _broken("no-content", "It says neither sample_id nor experiment_id nor anything of barcodes.", line=1)
    if headed:
        return
    yield from _same_experiment(table)
    yield from _same_in_place(table, places[0], "sample_id")
    yield from _api_barcodes(table, places[0])


def _same_experiment(table: Table) -> Iterator[SheetFinding]:
    values = [(row, row.named(table.columns).get("experiment_id")) for row in table.rows]
    for row, value in values[1:]:
        if value != values[0][1]:
            message = f"Line {row.line} has the experiment_id {value}; the first row has {values[0][1]}."
            yield _broken("one-experiment", message, line=row.line, column="experiment_id")


def _same_in_place(table: Table, place: str, name: str) -> Iterator[SheetFinding]:
    first: dict[str, str] = {}
    for row in table.rows:
        cells = row.named(table.columns)
        if name in cells and first.setdefault(cells.get(place, ""), cells[name]) != cells[name]:
            message = f"Line {row.line} has another {name} than the first row of {cells.get(place, '')}."
            yield _broken(f"one-{name.replace('_', '-')}", message, line=row.line, column=name)


def _api_barcodes(table: Table, place: str) -> Iterator[SheetFinding]:
    parts = [name for name in (_BARCODE, "internal_barcode", "external_barcode") if name in table.columns]
    if not parts:
        return
    yield from _unique(table, (place,), parts, rule="duplicate-barcode")
    yield from _unique(table, (place,), ["alias"], rule="duplicate-alias")
    for row in table.rows:
        cells = row.named(table.columns)
        for name in parts:
            stem = name.removesuffix("_barcode")
            if not re.match(stem + r"[0-9]{2}", cells.get(name, "")):
                message = f"Line {row.line} has {cells.get(name, '')!r}; {stem}01 is how it is written."
                yield _broken("barcode-name", message, line=row.line, column=name)
        yield from _type(row, cells, TYPES)


def _type(row: Row, cells: Mapping[str, str], allowed: Sequence[str]) -> Iterator[SheetFinding]:
    if "type" in cells and cells["type"] not in allowed:
        message = f"Line {row.line} has the type {cells['type']!r}; {', '.join(allowed)} are known."
        yield _broken("type", message, line=row.line, column="type")


def _unique(table: Table, within: Sequence[str], names: Sequence[str], *, rule: str) -> Iterator[SheetFinding]:
    there: dict[tuple[str, ...], int] = {}
    for row in table.rows:
        cells = row.named(table.columns)
        key = tuple(cells.get(name, "") for name in (*within, *names))
        before = there.setdefault(key, row.line)
        if before != row.line:
            said = " ".join(cells.get(name, "") for name in names)
            yield _broken(rule, f"Line {row.line} has {said} as line {before} has.", line=row.line, column=names[-1])


def _minknow_ui(table: Table, known: Known) -> Iterator[SheetFinding]:
    """As the specification of MinKNOW's sample sheet says, with the length that MinKNOW takes."""
    columns = table.columns
    yield from _columns_once(table)
    yield from _barcode_columns(columns)
    places = [name for name in ("flow_cell_id", "position_id") if name in columns]
    if not places:
        yield _broken("one-place", "flow_cell_id or position_id is wanted.", line=1)
    for name in ("experiment_id", "kit"):
        if name not in columns:
            yield _broken("column-missing", f"The column {name} is missing.", line=1, column=name)
    for row in table.rows:
        yield from _ui_row(row, row.named(columns), known)
    yield from _same_experiment(table)
    for place in places:
        yield from _same_in_place(table, place, "sample_id")
    if _BARCODE in columns:
        yield from _unique(table, places, [_BARCODE], rule="duplicate-barcode")
        yield from _unique(table, places, ["alias"], rule="duplicate-alias")


def _ui_row(row: Row, cells: Mapping[str, str], known: Known) -> Iterator[SheetFinding]:
    for name, pattern in _UI_PATTERNS.items():
        value = cells.get(name)
        if value is None or (not value and name in ("flow_cell_product_code", "sample_id")):
            continue
        if not re.fullmatch(pattern, value):
            message = f"Line {row.line} has the {name} {value!r}, which is not of the form {pattern}."
            yield _broken("form", message, line=row.line, column=name)
        elif len(value) > _LONGEST and name in ("sample_id", "experiment_id", "alias"):
            message = f"Line {row.line} has a {name} of {len(value)} characters; {_LONGEST} are taken."
            yield _broken("length", message, line=row.line, column=name)
    yield from _type(row, cells, _UI_TYPES)
    most = max((known.capacities.get(kit, 0) for kit in cells.get("kit", "").split(" ")), default=0)
    digits = cells.get(_BARCODE, "").removeprefix(_BARCODE)
    if most and digits.isdigit() and not 1 <= int(digits) <= most:
        message = f"Line {row.line} has {cells[_BARCODE]}; {cells['kit']} has {most} barcodes."
        yield _broken("barcode-of-kit", message, line=row.line, column=_BARCODE)


def _dorado(table: Table, _known: Known) -> Iterator[SheetFinding]:
    """As `SampleSheet.cpp` of dorado 1.4 reads it."""
    columns = table.columns
    for name in columns:
        if name not in DORADO_COLUMNS:
            message = f"dorado does not know the column {name!r} and refuses the sheet."
            yield _broken("unknown-column", message, line=1, column=name)
    if not {"flow_cell_id", "position_id"} & set(columns):
        yield _broken("one-place", "flow_cell_id or position_id is wanted.", line=1)
    for name in ("experiment_id", "kit"):
        if name not in columns:
            yield _broken("column-missing", f"The column {name} is missing.", line=1, column=name)
    if _BARCODE in columns and "alias" not in columns:
        yield _broken("alias-missing", "There are barcodes and no column alias.", line=1, column="alias")
    if "alias" in columns and _BARCODE not in columns:
        yield _broken("barcode-missing", "There is a column alias and no column barcode.", line=1, column="alias")
    wanted = len(set(columns))
    for row in table.rows:
        if len(row.cells) != wanted:
            message = f"Line {row.line} has {counted(len(row.cells), 'cell')}; the heading has {wanted}."
            yield _broken("cells", message, line=row.line)
        else:
            yield from _dorado_row(row, row.named(columns))
    yield from _same_experiment(table)


def _dorado_row(row: Row, cells: Mapping[str, str]) -> Iterator[SheetFinding]:
    for name in ("experiment_id", "sample_id", "alias"):
        value = cells.get(name, "")
        if len(value) > _LONGEST or not _SAFE.fullmatch(value):
            message = f"Line {row.line} has the {name} {value!r}; at most {_LONGEST} of A-Z a-z 0-9 - _ are taken."
            yield _broken("safe-text", message, line=row.line, column=name)
    alias = cells.get("alias", "")
    if re.fullmatch(r"barcode[0-9]{2}", alias) or alias == "unclassified":
        message = f"Line {row.line} has the alias {alias}, which dorado uses itself."
        yield _broken("alias-reserved", message, line=row.line, column="alias")


def _epi2me(table: Table, _known: Known) -> Iterator[SheetFinding]:
    """As `check_sample_sheet.py` of the EPI2ME workflows reads it."""
    for name in (_BARCODE, "alias"):
        if name not in table.columns:
            yield _broken("column-missing", f"The column {name} is missing.", line=1, column=name)
    if not {_BARCODE, "alias"} <= set(table.columns):
        return
    if not table.rows:
        yield _broken("no-rows", "There are no rows in it.")
    yield from _unique(table, (), [_BARCODE], rule="duplicate-barcode")
    yield from _unique(table, (), ["alias"], rule="duplicate-alias")
    length = len(table.rows[0].named(table.columns).get(_BARCODE, "")) if table.rows else 0
    for row in table.rows:
        cells = row.named(table.columns)
        if len(row.cells) != len(table.columns):
            message = f"Line {row.line} has {counted(len(row.cells), 'cell')}; the heading has {len(table.columns)}."
            yield _broken("cells", message, line=row.line)
        if not re.fullmatch(r"barcode[0-9]{2,}", cells.get(_BARCODE, "")):
            message = f"Line {row.line} has {cells.get(_BARCODE, '')!r}; barcode01 is how it is written."
            yield _broken("barcode-name", message, line=row.line, column=_BARCODE)
        elif len(cells[_BARCODE]) != length:
            message = f"Line {row.line} has a barcode of another length than the first row."
            yield _broken("barcode-length", message, line=row.line, column=_BARCODE)
        if cells.get("alias", "").startswith(_BARCODE):
            message = f"Line {row.line} has the alias {cells['alias']}; it must not begin with barcode."
            yield _broken("alias-reserved", message, line=row.line, column="alias")
        yield from _type(row, cells, TYPES)


_RULES: Mapping[Profile, Callable[[Table, Known], Iterator[SheetFinding]]] = {
    "minknow_ui": _minknow_ui,
    "minknow_api": _minknow_api,
    "dorado": _dorado,
    "epi2me": _epi2me,
}
