"""A text is understood as filters that can all be seen, and what is not understood is said."""

from datetime import date

import pytest

from nanopore_tracking.contracts.api.sample.phrases import PhraseAnswer
from nanopore_tracking.contracts.vocabulary import canonical
from nanopore_tracking.services.sample.lexicons import model as lexicons
from nanopore_tracking.services.sample.phrases import model
from nanopore_tracking.services.sample.phrases.model import Name, Names

TODAY = date(2026, 11, 30)


def _lab(value: str, name: str, pi: str = "") -> Name:
    whole = tuple(words for each in (name, pi) if (words := model.name_words(each)))
    return Name("lab_id", value, f"Lab: {name}", whole)


NAMES = Names(
    labs=[_lab("1", "Ostrander, Kit (INST) Lab", "Kit Ostrander"), _lab("2", "Ostrander North Lab")],
    projects=[Name("project_id", "9", "Project: P-9", (("soil", "survey"),))],
    exact={
        "lsk114": Name("kit", "SQK-LSK114", "Kit: SQK-LSK114", ()),
        "p-9": Name("project_id", "9", "Project: P-9", ()),
        "ont-rna": Name("service_type", "ont-rna", "Service: Direct RNA sequencing", ()),
    },
)


def _read(text: str, names: Names = NAMES) -> PhraseAnswer:
    return model.understand(text, names, today=TODAY, kinds=lexicons.kinds())


@pytest.mark.parametrize(
    ("text", "kind", "query"),
    [
        (
            "RNA samples of lab Kit Ostrander waiting for library prep since last week",
            "samples",
            {"substance": "RNA", "lab_id": "1", "status": "queued", "stage": "library_prep", "entered": "2026-11-23.."},
        ),
        (
            "runs on PromethION with low yield in October",
            "runs",
            {"device": "PromethION", "low_yield": "true", "started": "2026-10-01..2026-10-31"},
        ),
        ("Failed runs", "runs", {"state": "failed"}),
        ("failed samples", "samples", {"status": "failed"}),
        ("since last week, samples at library QC", "samples", {"entered": "2026-11-23..", "stage": "library_qc"}),
        ("samples that came in May", "samples", {"created": "2026-05-01..2026-05-31"}),
        ("urgent samples of the Ostrander North lab on hold", "samples",
         {"priority": "urgent", "lab_id": "2", "status": "on_hold"}),
        ("LSK114 runs with yield below 5 Gb", "runs", {"kit": "SQK-LSK114", "yield_below_gb": "5"}),
        ("runs of more than 10.5Gb", "runs", {"yield_from_gb": "10.5"}),
        ("overdue samples of project soil", "samples", {"overdue": "true", "project_id": "9"}),
        ("samples of P-9 for ont-rna assigned to alice", "samples",
         {"project_id": "9", "service_type": "ont-rna", "assignee": "alice"}),
        ("promethion", "runs", {"device": "PromethION"}),
    ],
)  # fmt: skip
def test_words_become_filters_of_one_list(text: str, kind: str, query: dict[str, str]) -> None:
    said = _read(text)
    unknown = [word for word in said.unknown if word != "came"]
    assert (said.kind, said.query, unknown) == (kind, query, [])


def test_what_is_not_understood_is_said_and_no_filter_is_made_of_it() -> None:
    said = _read("purple RNA samples with unicorns")
    assert (said.query, said.unknown) == ({"substance": "RNA"}, ["purple", "unicorns"])
    assert _read("S26-000123").kind == ""
    assert _read("crème brûlée").query == {}


def test_a_name_of_several_is_asked_about_and_none_is_chosen() -> None:
    said = _read("samples of lab Ostrander")
    assert (said.query, said.unknown) == ({}, ["lab Ostrander"])
    assert said.notes == [
        "2 labs are called so (Lab: Ostrander, Kit (INST) Lab, Lab: Ostrander North Lab): name one of them in full."
    ]


def test_a_chip_can_be_removed_and_the_rest_is_understood_as_before() -> None:
    text = "RNA samples of lab Kit Ostrander waiting for library prep since last week"
    said = _read(text)
    for chip in said.chips:
        rest = _read(chip.without).query
        left = {name: value for name, value in said.query.items() if name != chip.field}
        assert {name for name in rest if name not in ("created", "entered")} == set(left) - {"created", "entered"}
        assert chip.words in text


def test_a_second_value_of_one_filter_is_left_out_and_said() -> None:
    said = _read("samples on hold that failed")
    assert (said.query, said.unknown) == ({"status": "on_hold"}, ["failed"])
    assert "one status only" in said.notes[0]


def test_low_is_explained() -> None:
    assert "half of the median" in _read("runs with low yield").notes[0]


def test_every_proposed_phrase_is_understood_as_itself() -> None:
    for kind in lexicons.kinds():
        for phrase in canonical(kind):
            said = _read(f"{kind} {phrase}", Names())
            assert (said.kind, len(said.query), said.unknown) == (kind, 1, []), phrase


def test_a_long_text_is_read_as_far_as_forty_words_go() -> None:
    assert len(_read("purple " * 500 + "overdue").unknown) <= 40
