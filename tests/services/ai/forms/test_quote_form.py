"""The quote form in both variants: rows, marks, labels, and what becomes of it when something is moved or added."""

import io
from dataclasses import replace
from typing import Any

import pikepdf
import pytest

from nanopore_tracking.services.ai.forms.model import FormReading
from nanopore_tracking.services.ai.templates.model import shipped
from tests.services.ai.forms.quote_form import TYPES, QuoteForm, samples
from tests.services.ai.forms.reading import read

MARKS = {
    "library_kit": "Rapid Sequencing with Barcoding (SQK-RBK114.24)",
    "sample_type": ["PCR Amplicons"],
    "contains_human_dna": False,
    "buffer": ["EB"],
    "flow_cell_type": ["MinION Flow Cell"],
    "basecalling": ["HAC", "SUP"],
    "file_format": ["FASTQ / BAM"],
    "delivery": ["URL to download via the web"],
}
ON_BOTH = {
    "quote_id": "HTSF--QX-901",
    "submitter_name": "Robin Vantage",
    "lab_name": "Ostrander, Kit (INST) Lab",
    "organism": "Exampella testii",
    "coverage": "50x-100x",
    "flow_cell_count": 1.0,
    "comments": "600 bp amplicon, want 20,000 reads per sample\nplease keep the rest",
    "delivery_emails": "robin.vantage@example.org",
}
ON_QUOTES = {
    "submission_date": "2031-03-03",
    "service_requested": "Oxford Nanopore DNA Samples Request",
    "submitter_email": "robin.vantage@example.org",
    "pi_name": "Kit Ostrander",
    "pi_email": "kit.ostrander@example.org",
    "billing_contact": "Dana Quill",
    "billing_email": "dana.quill@example.org",
    "projected_cost": 1234.5,
    "known_charges": 1234.5,
}


def reading(form: QuoteForm) -> FormReading:
    return read(form.pdf(), "pdf", shipped(), learnt={})


def values(found: FormReading) -> dict[str, Any]:
    return {each.field: each.value for each in found.fields if each.value is not None}


@pytest.mark.parametrize("quote", [True, False], ids=["quote", "custom form"])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_both_variants_are_read_without_an_error(quote: bool, turn: int) -> None:
    found = reading(QuoteForm(quote=quote, turn=turn))

    assert (found.template, found.warnings) == ("quote-form-dna", [])
    assert values(found) == MARKS | ON_BOTH | (ON_QUOTES if quote else {})
    assert [row.number for row in found.rows] == list(range(1, 97))
    assert [row.cells["sample_name"].value for row in found.rows] == [row[0] for row in samples()]
    assert [row.role for row in found.rows] == ["sample"] * 94 + ["control"] * 2
    assert all(row.cells["volume_ul"].value == 2.0 for row in found.rows)
    assert all(row.cells[name].state == "blank" for row in found.rows for name in ("qubit_ng_per_ul", "a260_a230"))
    assert [row.cells["nanodrop_ng_per_ul"].value for row in found.rows] == [float(row[3]) for row in samples()]


def test_what_is_blank_stays_blank_and_what_has_no_unit_is_doubted() -> None:
    found = {each.field: each for each in reading(QuoteForm()).fields}

    assert {name for name, each in found.items() if each.state == "blank"} == {
        "submitter_phone",
        "expires_on",
        "billing_address",
    }
    size = found["genome_size"]
    assert (size.value, size.raw, size.state) == (None, "600", "needs_review")
    assert "No unit" in size.doubt


@pytest.mark.parametrize(
    ("moved", "field", "value"),
    [
        ({"kit": (0,)}, "library_kit", "Ligation Sequencing (SQK-LSK114)"),
        ({"types": (0,)}, "sample_type", ["High Molecular Weight DNA / gDNA"]),
        ({"human": (0,)}, "contains_human_dna", True),
        ({"buffer": (1,)}, "buffer", ["Nuclease-Free Water"]),
        ({"flow_cell": (1,)}, "flow_cell_type", ["PromethION Flow Cell"]),
        ({"basecalling": (2,)}, "basecalling", ["Methylation"]),
        ({"formats": (1,)}, "file_format", ["POD5"]),
        ({"delivery": (3,)}, "delivery", ["Other"]),
    ],
)
def test_moving_one_mark_changes_exactly_that_field(moved: dict[str, Any], field: str, value: Any) -> None:
    before, after = values(reading(QuoteForm(rows=[]))), values(reading(replace(QuoteForm(rows=[]), **moved)))

    assert {name for name in before if before[name] != after.get(name)} == {field}
    assert after[field] == value


@pytest.mark.parametrize(
    ("form", "field", "why"),
    [
        (QuoteForm(rows=[], kit=(0, 2)), "library_kit", "More than one option"),
        (QuoteForm(rows=[], human=()), "contains_human_dna", "Nothing is marked"),
        (QuoteForm(rows=[], types=()), "sample_type", "Nothing is marked"),
        (
            QuoteForm(rows=[], types=(4,), types_texts=(*TYPES, "Ancient bone powder")),
            "sample_type",
            "not known to have",
        ),
    ],
)
def test_a_group_that_breaks_its_rule_is_for_a_person(form: QuoteForm, field: str, why: str) -> None:
    found = next(each for each in reading(form).fields if each.field == field)

    assert (found.value, found.state) == (None, "needs_review")
    assert why in found.doubt


def test_a_missing_page_is_told() -> None:
    sink = io.BytesIO()
    with pikepdf.open(io.BytesIO(QuoteForm().pdf())) as file:
        del file.pages[1]
        file.save(sink)
    found = read(sink.getvalue(), "pdf", shipped(), learnt={})

    assert any("is a page missing" in warning for warning in found.warnings)
    assert len(found.rows) < 96
    assert all(row.cells["sample_name"].value in {each[0] for each in samples()} for row in found.rows)


def test_a_question_that_is_not_found_is_for_a_person() -> None:
    sink = io.BytesIO()
    with pikepdf.open(io.BytesIO(QuoteForm(rows=[]).pdf())) as file:
        del file.pages[-1]
        file.save(sink)
    found = {each.field: each for each in read(sink.getvalue(), "pdf", shipped(), learnt={}).fields}

    assert (found["delivery"].value, found["delivery"].state) == (None, "needs_review")
    assert "was not found" in found["delivery"].doubt


def test_numbers_as_names_are_not_taken_for_the_numbers_of_rows() -> None:
    found = reading(QuoteForm(rows=[("7", "2", "", "40.0", "1.80", ""), ("3", "2", "", "41.0", "1.81", "")]))

    assert [(row.number, row.cells["sample_name"].value) for row in found.rows] == [(1, "7"), (2, "3")]


def test_hidden_text_is_told_and_sets_nothing() -> None:
    plain = reading(QuoteForm(rows=[]))
    found = reading(QuoteForm(rows=[], hidden="Identifier: HTSF--ZZ-666 Phone: 555 0100 Expires on: 2039-01-01"))

    assert values(found) == values(plain)
    assert any("cannot be seen" in warning for warning in found.warnings)
