"""Headings are understood as laboratories write them; where one leaves a doubt, a person is asked."""

import pytest

from nanopore_tracking.contracts.manifest import FIELDS, HEADER_FIELDS
from nanopore_tracking.services.ai.headings import model as headings
from tests.services.ai.reading import read

ONE_FIELD = {
    "sample_name": ["Sample Name", "sample_name", "*Sample ID (required)", "SampleID", "Tube label", "Sample"],
    "volume_ul": ["Volume (µL)", "Volume (μl)", "Vol. [ul]", "volume in uL", "Volume_ul", "Vol (mL)", "VOLUME"],
    "qubit_ng_per_ul": ["Qubit Conc. (ng/µL)", "Qubit", "Concentration (Qubit) ng/ul", "Qubit [µg/mL]", "PicoGreen"],
    "nanodrop_ng_per_ul": ["Nanodrop Conc. (ng/µL)", "NanoDrop ng/uL", "Nano Drop", "Conc. (NanoDrop) [ng·µL⁻¹]"],
    "a260_a280": ["A260/A280 ratio", "260/280", "A260/280", "OD 260/280", "A 260 /A 280 ratio"],
    "a260_a230": ["A260/A230 ratio", "260/230", "A260_A230"],
    "fragment_bp": ["Fragment size (kb)", "Fragment length", "Mean fragment size [bp]", "Amplicon length (bp)"],
    "organism": ["Organism", "Source Organism:", "Species", "Scientific name"],
    "buffer": ["Buffer", "Elution buffer", "Sample Buffer"],
    "comment": ["Comments", "Notes", "Special needs"],
    "kind": ["Kind", "Control type"],
    "material": ["Material", "Nucleic acid type", "Type of sample"],
}


@pytest.mark.parametrize(("field", "text"), [(field, text) for field, texts in ONE_FIELD.items() for text in texts])
def test_a_heading_names_its_field(field: str, text: str) -> None:
    assert headings.candidates(headings.take_apart(text)).fields == (field,)


def test_every_field_is_known_by_its_own_names() -> None:
    for field in FIELDS:
        for text in (field.name, field.title, f"{field.title} ({field.unit})" if field.unit else field.title.upper()):
            assert headings.candidates(headings.take_apart(text)).fields == (field.name,)
    for label in HEADER_FIELDS:
        assert headings.label_of(f"{label.title}:") == label.name


@pytest.mark.parametrize(
    "text", ["", "#", "Well", "Conc. (nM)", "Volume (ng/µL)", "Sample b", "Date", "260", "Position"]
)
def test_a_heading_of_something_else_names_no_field(text: str) -> None:
    assert headings.candidates(headings.take_apart(text)).fields == ()


@pytest.mark.parametrize(
    ("heading", "written", "value"),
    [
        ("Qubit (ng/µL)", "45", 45),
        ("Qubit (µg/mL)", "45", 45),
        ("Qubit (pg/µL)", "45", 0.045),
        ("Qubit (mg/mL)", "0.045", 45),
        ("Qubit", "45 ng/ml", 0.045),
        ("Qubit (pg/µL)", "45 ng/µl", 45),
        ("Volume (mL)", "0.05", 50),
        ("Volume (nL)", "500", 0.5),
        ("Fragment size (kb)", "25.5", 25_500),
        ("Fragment size", "25 kb", 25_000),
    ],
)
def test_units_are_converted_and_the_written_form_is_kept(heading: str, written: str, value: float) -> None:
    cell = next(
        cell
        for name, cell in read(f"Sample name,{heading}\nQX_01,{written}\n".encode()).rows[0].cells.items()
        if name != "sample_name"
    )

    assert (cell.value, cell.raw, cell.state) == (value, written, "read")


@pytest.mark.parametrize(
    ("written", "value", "state"),
    [
        ("", None, "blank"),
        ("n/a", None, "blank"),
        ("-", None, "blank"),
        ("<0.5", None, "needs_review"),
        ("~45", 45, "needs_review"),
        ("45 nM", None, "needs_review"),
        ("too low", None, "needs_review"),
        ("1_000", None, "needs_review"),
        ("nan", None, "needs_review"),
        ("1e400", None, "needs_review"),
        ("-3", -3, "read"),
        ("1e3", 1000, "read"),
        ("1 250", 1250, "read"),
    ],
)
def test_a_number_is_read_or_left_to_a_person(written: str, value: float | None, state: str) -> None:
    cell = read(f"Sample name\tQubit (ng/µL)\nQX_01\t{written}\n".encode()).cell("qubit_ng_per_ul")

    assert (cell.value, cell.state, cell.raw) == (value, state, written)


def test_choices_are_recognised_in_other_words() -> None:
    outcome = read(
        b"Sample name,Kind,Material\nA,NTC,PCR amplicons\nB,positive control,HMW\nC,,genomic DNA\nD,blank,RNA\n"
    )

    kinds = [(row["kind"], row["material"]) for row in outcome.values]
    assert kinds[:3] == [
        ("no_template_control", "amplicon"),
        ("positive_control", "HMW gDNA"),
        (None, "gDNA"),
    ]
    assert outcome.cell("kind", 4).state == outcome.cell("material", 4).state == "needs_review"


def test_a_concentration_without_its_method_is_asked_for() -> None:
    content = "Sample name,Conc. (ng/µL)\nQX_01,45\n".encode()
    outcome = read(content)

    assert outcome.rows == []
    assert outcome.found.columns[1].candidates == ["qubit_ng_per_ul", "nanodrop_ng_per_ul"]
    assert "Column B “Conc. (ng/µL)” may hold" in outcome.found.questions[0]
    chosen = read(content, chosen={"B": "nanodrop_ng_per_ul"})
    assert chosen.values == [{"sample_name": "QX_01", "nanodrop_ng_per_ul": 45}]
    assert chosen.found.columns[1].method == "person"


def test_what_a_lab_taught_is_used() -> None:
    content = "Probenname;Konz. (ng/µL);Regal\nQX_01;45,5;7\n".encode()
    assert read(content).found.questions != []

    learnt = {"probenname": "sample_name", "konz. (ng/ul)": "qubit_ng_per_ul", "regal": None}
    outcome = read(content, learnt=learnt)

    assert outcome.values == [{"sample_name": "QX_01", "qubit_ng_per_ul": 45.5}]
    assert {each.method for each in outcome.found.columns} == {"learnt"}


def test_a_unit_that_does_not_fit_is_not_overruled() -> None:
    outcome = read(b"Sample name,Conc. (nM)\nQX_01,45\n", chosen={"B": "qubit_ng_per_ul"})

    assert outcome.values == [{"sample_name": "QX_01"}]
    assert any("Conc. (nM)" in note for note in outcome.found.notes)


def test_two_columns_of_one_field_are_asked_for() -> None:
    outcome = read(b"Sample name,Volume (uL),Volume (uL)\nQX_01,45,50\n")

    assert "Several columns look like Volume" in outcome.found.questions[0]
    assert outcome.rows == []


def test_the_surer_of_two_headings_counts() -> None:
    outcome = read(b"Sample ID,Sample name,Volume (uL)\n17,QX_01,45\n")

    assert outcome.values == [{"sample_name": "QX_01", "volume_ul": 45}]
    assert "A “Sample ID”" in outcome.found.notes[0]


def test_the_values_decide_between_kind_and_material() -> None:
    kind = read(b"Sample name,Sample type,Volume (uL)\nA,positive control,1\nB,sample,1\n")
    material = read(b"Sample name,Sample type,Volume (uL)\nA,gDNA,1\nB,,1\n")
    neither = read(b"Sample name,Sample type,Volume (uL)\nA,swab,1\n")

    assert kind.found.columns[1].field == "kind"
    assert material.found.columns[1].field == "material"
    assert neither.found.columns[1].candidates == ["kind", "material"]


def test_a_unit_that_was_taken_for_granted_is_said() -> None:
    assert "names no unit" in read(b"Sample name,Volume\nQX_01,45\n").found.notes[0]


def test_numbered_empty_rows_are_no_samples() -> None:
    rows = "".join(f"{n},{f'QX_{n}' if n < 4 else ''},\n" for n in range(1, 100))
    outcome = read(f",Sample Name,Volume (µL)\n{rows}".encode())

    assert len(outcome.rows) == 3
    assert "96 rows" in " ".join(outcome.found.notes)


def test_a_row_with_a_value_and_no_name_is_kept() -> None:
    assert read(b"Sample name,Volume (uL)\n,45\n").values == [{"sample_name": None, "volume_ul": 45}]
