"""The template of a manifest."""

import csv
import io

import openpyxl

from nanopore_tracking.contracts.manifest import FIELDS, KINDS, MATERIALS
from nanopore_tracking.services.sample.checks import model as checks
from nanopore_tracking.services.sample.manifests import model
from nanopore_tracking.services.sample.rows.model import Row


def test_the_csv_has_the_fields_as_headings_and_one_row_that_the_check_refuses() -> None:
    headings, example = csv.reader(io.StringIO(model.template_csv().decode()))
    assert headings == [field.name for field in FIELDS]
    problems = checks.check_rows([Row(row_number=1, values={"sample_name": example[0]})], checks.Rules())
    assert problems[1][0].code == "EXAMPLE_ROW"


def test_the_workbook_has_headings_choices_and_notes() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(model.template_xlsx()))
    samples, notes = workbook["Samples"], workbook["Notes"]
    assert [cell.value for cell in samples[1]] == [field.name for field in FIELDS]
    assert samples.max_row == 1
    lists = [rule.formula1 for rule in samples.data_validations.dataValidation if rule.type == "list"]
    assert lists == [f'"{",".join(KINDS)}"', f'"{",".join(MATERIALS)}"']
    assert [row[0].value for row in notes.iter_rows(min_row=2, max_row=len(FIELDS) + 1)] == [f.name for f in FIELDS]


def test_the_template_is_the_same_however_often_it_is_made() -> None:
    first = model.template_xlsx()
    model.template_xlsx.cache_clear()
    assert model.template_xlsx() == first
