"""Sentences with links in them; nothing is started for it."""

from nanopore_tracking.contracts.api.sample.stages import Requirement
from nanopore_tracking.kernel import errors
from nanopore_tracking.web import sentences
from nanopore_tracking.web.render import ENVIRONMENT


def _missing(code: str, by: str, message: str) -> Requirement:
    return Requirement(code=code, message=message, how="Do it.", fulfilled_by=by, met=False)  # type: ignore[arg-type]


def test_codes_lead_to_their_pages_and_the_rest_is_text() -> None:
    assert str(sentences.linked("The library L26-000012 <b> of S26-1234567.")) == (
        'The library <a href="/libraries/L26-000012">L26-000012</a> &lt;b&gt; of '
        '<a href="/samples/S26-1234567">S26-1234567</a>.'
    )
    assert str(sentences.linked("XL26-000012, L26-00012 and SUB-2026-00042")) == (
        "XL26-000012, L26-00012 and SUB-2026-00042"
    )


def test_a_run_leads_nowhere_for_who_may_not_see_runs() -> None:
    said = str(sentences.linked("The run R26-000003 of P26-000001 is starting.", False))
    assert said == 'The run R26-000003 of <a href="/pools/P26-000001">P26-000001</a> is starting.'


def test_a_measurement_is_said_in_full() -> None:
    said = {"quantity": "concentration", "value": 40.5, "unit": "ng_per_ul", "method": "qubit_br", "subject": "sample"}
    assert sentences.measured(said) == "Concentration 40.5 ng/µL by Qubit BR"
    ratio = {"quantity": "a260_a280", "value": 1.8, "unit": "ratio", "method": "nanodrop"}
    assert sentences.measured(ratio | {"subject": "library", "subject_code": "L26-000001"}) == (
        "A260/280 1.80 by NanoDrop, library L26-000001"
    )


def test_each_remedy_is_where_it_is_done() -> None:
    def place(code: str, by: str, message: str = "", library: str = "L26-000009", stage: str = "library_qc") -> str:
        return sentences.remedy(_missing(code, by, message), library=library, stage=stage)

    assert place("library-passed", "library", "The library L26-000001 is prepared.") == "/libraries/L26-000001"
    assert place("library-volume", "measurement", "The library's volume is not measured.") == "/libraries/L26-000009"
    assert place("volume", "measurement") == "#form-measurement"
    assert place("library", "library", library="", stage="library_prep") == "#form-library"
    assert place("run-planned", "planned_run", "The run R26-000003 is planned.") == "/runs/R26-000003"
    assert place("charge-code", "charge") == "/charges"
    assert place("received", "custody") == "#form-custody"


def test_a_refusal_shows_what_is_missing_beside_its_message_and_passes_over_what_is_no_list_of_that() -> None:
    beside = [{"message": "No box."}, {"message": "No kit lot."}]
    said = errors.Conflict("No box. Nothing was changed.", missing=beside)
    assert sentences.lacking(said) == ["No kit lot."]
    shown = ENVIRONMENT.get_template("parts/ui.html").module.problem(said)  # type: ignore[attr-defined]
    assert "<li>No kit lot.</li>" in shown
    for other in (3, "three", ["three"], {"three": 3}, None):
        assert sentences.lacking(errors.Conflict("Three are missing.", missing=other)) == []
