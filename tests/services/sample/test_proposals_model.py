"""A proposed filter counts only as far as vocabulary and text bear it, and stands as one that can be taken off."""

from datetime import date

import pytest

from nanopore_tracking.contracts.api.sample.phrases import PhraseAnswer
from nanopore_tracking.contracts.vocabulary import canonical
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.lexicons import model as lexicons
from nanopore_tracking.services.sample.phrases import model
from nanopore_tracking.services.sample.phrases.model import Name, Names
from nanopore_tracking.services.sample.proposals.model import read

LABS = Names(
    labs=[
        Name("lab_id", "1", "Lab: Ostrander North Lab", (("ostrander", "north"), ("kit", "ostrander"))),
        Name("lab_id", "2", "Lab: Ostrander-Vale Lab", (("ostrander-vale",), ("robin", "vale"))),
    ],
)


def _read(text: str, *proposed: str) -> PhraseAnswer:
    return model.understand(text, LABS, today=date(2026, 11, 30), kinds=lexicons.kinds(), proposed=read(list(proposed)))


def test_a_proposal_becomes_a_filter_that_says_where_it_comes_from() -> None:
    said = _read("RNA samples jammed at the bench, Pressing!", "jammed bench:on hold", "pressing:urgent")
    assert said.query == {"substance": "RNA", "status": "on_hold", "priority": "urgent"}
    assert [(each.shown, each.words, each.proposed) for each in said.chips] == [
        ("Holds: RNA", "RNA", ""),
        ("Status: on hold", "jammed bench,", "jammed bench:on hold"),
        ("Priority: urgent", "Pressing!", "pressing:urgent"),
    ]
    assert (said.unknown, said.notes, said.askable) == ([], [], [])
    assert [each.without for each in said.chips[1:]] == [said.text, said.text]


@pytest.mark.parametrize(
    ("proposed", "note"),
    [
        ("jammed:purple", "is no filter of the list of samples"),
        ("jammed:stopped", "is no filter of the list of samples"),
        ("unsaid:on hold", "not among those that were not understood"),
        ("rna:on hold", "not among those that were not understood"),
        ("jammed jammed:on hold", "not among those that were not understood"),
        ("jammed:dna", "narrowed by one substance only"),
    ],
    ids=["nonsense", "of-runs", "unsaid", "understood", "twice", "taken"],
)
def test_a_proposal_that_nothing_bears_is_left_out_and_told(proposed: str, note: str) -> None:
    said = _read("RNA samples jammed", proposed)
    assert (said.query, said.unknown, said.askable) == ({"substance": "RNA"}, ["jammed"], ["jammed"])
    assert note in said.notes[0]


def test_a_word_bears_one_proposal() -> None:
    said = _read("samples jammed", "jammed:on hold", "jammed:urgent")
    assert (said.query, len(said.notes)) == ({"status": "on_hold"}, 1)


def test_a_proposal_says_which_list_is_meant_where_no_word_does() -> None:
    assert (_read("aborted").kind, _read("aborted").askable) == ("", ["aborted"])
    said = _read("aborted", "aborted:stopped")
    assert (said.kind, said.query) == ("runs", {"state": "stopped_by_user"})


def test_beside_a_proposed_stage_days_are_those_of_the_stage() -> None:
    text = "samples benched since last week"
    assert set(_read(text).query) == {"created"}
    assert set(_read(text, "benched:library prep").query) == {"stage", "entered"}


def test_only_words_of_letters_that_are_in_no_name_can_be_asked_about() -> None:
    said = _read(
        "samples of lab Ostrander jammed S26-000123 r@example.org 919-555 VALE and Robin x jam\u200bmed on hold done"
    )
    assert said.askable == ["jammed"]
    assert {"S26-000123", "r@example.org", "Robin", "VALE", "done"} <= set(said.unknown)
    assert _read("samples of Ostrander-Vale's and Vale’s twin-set").askable == ["twin-set"]


@pytest.mark.parametrize("written", ["", "jammed", ":on hold", "jammed:", "?:on hold", "jammed:On Hold", "a:b:c"])
def test_what_is_no_proposal_is_refused(written: str) -> None:
    with pytest.raises(errors.Invalid) as failure:
        read([written])
    assert failure.value.fields[0].path == "proposed[0]"


def test_every_phrase_of_the_vocabulary_can_be_proposed() -> None:
    for kind in lexicons.kinds():
        for phrase in canonical(kind):
            said = _read(f"{kind} zyx", f"zyx:{phrase}")
            notes = [lexicons.NOTES["low_yield"]] if "low_yield" in said.query else []
            assert (said.kind, len(said.query), said.unknown, said.notes) == (kind, 1, [], notes), phrase
