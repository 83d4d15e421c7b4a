"""The template of a manifest, as CSV and as a workbook; made from the one table of manifest fields."""

import csv
import functools
import io
from datetime import datetime
from typing import Any

import xlsxwriter

from nanopore_tracking.contracts.manifest import FIELDS, ManifestField

#: Rows of the workbook that help with choices and limits.
PREPARED_ROWS = 2000

_NOTES = ("Column", "What it is", "Unit", "Required", "Allowed", "Meaning", "Example")
_WIDTHS = (22, 22, 9, 10, 40, 70, 22)
#: Both files say the same however often they are made.
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 (a workbook's properties have no time zone)


@functools.cache
def template_csv() -> bytes:
    """Return the headings and one row that says that it is an example; the check refuses it where it is left in."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(field.name for field in FIELDS)
    writer.writerow(field.example for field in FIELDS)
    return out.getvalue().encode()


@functools.cache
def template_xlsx() -> bytes:
    """Return a workbook: a sheet to fill in, with choices and limits, and a sheet with what each column means."""
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"in_memory": True})
    workbook.set_properties({"title": "Sample manifest", "created": _MADE})
    heading = workbook.add_format({"bold": True, "bg_color": "#E6EEF5", "bottom": 1})
    required = workbook.add_format({"bold": True, "bg_color": "#FCE8C8", "bottom": 1})
    _samples(workbook.add_worksheet("Samples"), heading, required)
    _notes(workbook.add_worksheet("Notes"), heading, workbook.add_format({"text_wrap": True, "valign": "top"}))
    workbook.close()
    return out.getvalue()


def _samples(sheet: Any, heading: Any, required: Any) -> None:
    for column, field in enumerate(FIELDS):
        sheet.write_string(0, column, field.name, required if field.required else heading)
        sheet.set_column(column, column, max(len(field.name) + 3, 14))
        rule = _rule(field)
        if rule:
            sheet.data_validation(1, column, PREPARED_ROWS, column, rule)
    sheet.freeze_panes(1, 1)


def _rule(field: ManifestField) -> dict[str, Any]:
    said = {"input_title": field.title[:32], "input_message": field.description[:255], "error_title": field.title[:32]}
    if field.choices:
        return said | {
            "validate": "list",
            "source": list(field.choices),
            "error_message": "Choose one of the list, or leave it blank.",
        }
    if field.type == "number":
        return said | {
            "validate": "decimal",
            "criteria": "between",
            "minimum": field.minimum,
            "maximum": field.maximum,
            "error_message": f"This must be a number between {field.minimum:g} and {field.maximum:g}.",
        }
    return said | {"validate": "any"}


def _notes(sheet: Any, heading: Any, wrapped: Any) -> None:
    for column, title in enumerate(_NOTES):
        sheet.write_string(0, column, title, heading)
        sheet.set_column(column, column, _WIDTHS[column], wrapped)
    for row, field in enumerate(FIELDS, start=1):
        texts = (field.name, field.title, field.unit or "", "yes" if field.required else "no", _allowed(field))
        for column, text in enumerate((*texts, field.description)):
            sheet.write_string(row, column, text, wrapped)
        sheet.write(row, len(texts) + 1, field.example, wrapped)
    last = len(FIELDS) + 2
    sheet.write_string(last, 0, "Fill in the sheet Samples, one row for each tube. Leave blank what you do not know.")
    sheet.freeze_panes(1, 0)


def _allowed(field: ManifestField) -> str:
    if field.choices:
        return ", ".join(field.choices)
    if field.type == "number":
        return f"{field.minimum:,g} to {field.maximum:,g}"
    return f"text of at most {field.max_length} characters"
