"""The quote form in both variants becomes a submission: what is in doubt is confirmed, and its findings are raised."""

import pytest

from tests.harness.product import Product, checked
from tests.services.ai.conftest import Bench, bench
from tests.services.ai.forms.quote_form import QuoteForm
from tests.services.ai.test_reviews import decide, end, read, said, submission_of, values

__all__ = ["bench"]

#: What the form of this shape must raise, see the specification of the reference form.
FINDINGS = {
    "BARCODE_CAPACITY",
    "KIT_SAMPLE_TYPE_MISMATCH",
    "TARGET_AS_READS",
    "FLUOROMETRIC_MISSING",
    "PURITY_MISSING",
    "LOW_VOLUME",
    "UNIT_AMBIGUOUS",
}


@pytest.mark.parametrize("quote", [True, False])
async def test_the_quote_form_becomes_a_submission_with_its_findings(
    bench: Bench, product: Product, quote: bool
) -> None:
    review = await read(bench, QuoteForm(quote=quote).pdf())
    assert (review["template"], len(review["rows"])) == ("quote-form-dna", 96)
    doubts = [each for each in values(review) if each["state"] == "needs_review"]
    assert [each["field"] for each in doubts] == ["genome_size"]
    told = checked(await decide(bench.alice, review, *(said(each, "confirm") for each in doubts)))
    assert told["to_check"] == 0
    checked(await end(bench.alice, review | {"version": told["version"]}, "acceptance"))

    submission = await submission_of(bench, review)
    assert (submission["row_count"], submission["kit_requested"]) == (96, "SQK-RBK114.24"), "kept as it was written"
    assert (submission["genome_size"], submission["contains_human_dna"]) == ("600", "no")
    asked = {"limit": 200}
    found = checked(await bench.alice.get(f"/api/submissions/{submission['code']}/findings", params=asked))["items"]
    assert {each["code"] for each in found} >= FINDINGS
