"""What nobody knew of a form: what it may be, what people say that it is, and what the next form gains by that."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
import pytest

from nanopore_tracking.services.ai.forms import model as forms
from nanopore_tracking.services.ai.forms.model import Options
from nanopore_tracking.services.ai.hints.jobs import remember
from nanopore_tracking.services.ai.meanings.model import Missing, folder
from nanopore_tracking.services.ai.prints import store as prints
from nanopore_tracking.services.ai.prints.model import Tenant
from nanopore_tracking.services.ai.templates.model import Template
from tests.harness.model_server import ModelServer, model_server, set_up
from tests.harness.printed import FIELDS, form, rows
from tests.harness.product import Product, checked
from tests.services.ai.conftest import Bench, make_bench
from tests.services.ai.test_reviews import decide, end, read, said, value, values

STRANGE = ("Endeavour:", "Lifa reads")
COLUMNS = ("Aliquot tag", "Fluid in tube", "Dye assay", "First purity index")
MEANT = dict(zip(COLUMNS, ("sample_name", "volume_ul", "qubit_ng_per_ul", "a260_a280"), strict=True))
UNKNOWN = form(rows(3), fields=[*FIELDS, STRANGE], columns=COLUMNS)


@pytest.fixture(autouse=True)
def recalling(product: Product) -> Iterator[None]:
    """Let forms be read with what was learnt, as NANOPORE_READING_METHOD=rag does."""
    runtime = product.runtimes["ai"]
    before = runtime.settings
    runtime.settings = msgspec.structs.replace(before, reading_method="rag")
    yield
    runtime.settings = before


async def suggestions(bench: Bench, review: Any) -> Any:
    return checked(await bench.alice.get(f"/api/extractions/{review['extraction_id']}/suggestions"))


async def teach(by: Any, review: Any, unknown: Any, meant: dict[str, str], **more: Any) -> Any:
    """Say what texts are, by their labels."""
    ids = {each["label"]: each["id"] for each in unknown}
    teachings = [{"unknown_id": ids[label], "field": field} for label, field in meant.items()]
    return await by.post(f"/api/extractions/{review['extraction_id']}/teachings", json={"teachings": teachings} | more)


async def again(bench: Bench, taught: Any) -> Any:
    """Return the review of a form that is read again."""
    assert taught["read_again"]
    assert (await bench.ended(taught["extraction_id"]))["state"] == "needs_review"
    return checked(await bench.alice.get(f"/api/extractions/{taught['extraction_id']}/review"))


async def accepted(bench: Bench, review: Any) -> None:
    open_ = [each for each in values(review) if each["state"] == "needs_review"]
    if open_:
        checked(await decide(bench.alice, review, *(said(each, "confirm") for each in open_)))
    review = checked(await bench.alice.get(f"/api/extractions/{review['extraction_id']}/review"))
    checked(await end(bench.alice, review, "acceptance"))


async def test_what_nobody_knows_stays_missing_until_a_person_says_what_it_is(bench: Bench, product: Product) -> None:
    manager = await product.client("facility_manager")
    review = await read(bench, UNKNOWN)
    assert (review["method"], review["wanted_method"], review["vocabulary"]) == ("rag", "rag", 0)
    assert (value(review, "project_name")["state"], review["rows"]) == ("blank", [])
    unknown = (await suggestions(bench, review))["unknown"]
    assert {each["label"]: (each["kind"], each["raw"]) for each in unknown} == {
        "Endeavour": ("label", "Lifa reads"),
        "Aliquot tag": ("heading", "QX_01"),
        "Fluid in tube": ("heading", "20"),
        "Dye assay": ("heading", "41.5"),
        "First purity index": ("heading", "1.82"),
    }

    filled = checked(await teach(manager, review, unknown, {"Endeavour": "project_name"}))
    assert (filled["read_again"], filled["learnt"]) == (False, {"Endeavour": "project_name"})
    review = checked(await manager.get(f"/api/extractions/{review['extraction_id']}/review"))
    project = value(review, "project_name")
    assert (project["state"], project["raw"], project["was"]) == ("corrected", "Lifa reads", "")

    review = await again(bench, checked(await teach(manager, review, unknown, MEANT)))
    assert [value(review, "sample_name", row)["value"] for row in (1, 2, 3)] == ["QX_01", "QX_02", "QX_03"]
    assert value(review, "qubit_ng_per_ul", 2)["value"] == 42.5
    assert value(review, "project_name")["value"] == "Lifa reads"

    following = await read(bench, UNKNOWN)
    assert (following["vocabulary"], len(following["rows"])) == (5, 3)
    assert (await suggestions(bench, following))["unknown"] == []
    labels = checked(await manager.get("/api/documents/labels", params={"lab_id": bench.lab_id}))["items"]
    assert {each["label"]: each["kind"] for each in labels} == {
        "Endeavour": "label", **dict.fromkeys(COLUMNS, "heading")
    }  # fmt: skip


async def test_rules_alone_tell_what_nobody_knows_and_suggest_nothing(bench: Bench, product: Product) -> None:
    runtime = product.runtimes["ai"]
    runtime.settings = msgspec.structs.replace(runtime.settings, reading_method="pattern")
    fields = [*FIELDS[:-1], ("Sample bufer:", "EB")]
    review = await read(bench, form(rows(2), fields=fields))
    assert (review["method"], review["vocabulary"]) == ("pattern", None)
    unknown = (await suggestions(bench, review))["unknown"]
    assert [(each["label"], each["raw"], each["field"]) for each in unknown] == [("Sample bufer", "EB", None)]
    taught = await teach(bench.alice, review, unknown, {"Sample bufer": "buffer"})
    assert checked(taught)["read_again"] is False


async def test_what_was_decided_holds_when_the_form_is_read_again(bench: Bench) -> None:
    meant = {f"{label} vx": field for label, field in MEANT.items()}
    strange = ("Wandel vx:", "Lifa reads")
    review = await read(bench, form(rows(3), fields=[*FIELDS, strange], columns=list(meant)))
    unknown = (await suggestions(bench, review))["unknown"]
    decided = said(value(review, "organism"), "correct", "Exampella altera"), said(value(review, "buffer"), "confirm")
    checked(await decide(bench.alice, review, *decided))
    taught = await teach(bench.alice, review, unknown, {**meant, "Wandel vx": "project_name"})
    review = await again(bench, checked(taught))

    organism, buffer, project = (value(review, name) for name in ("organism", "buffer", "project_name"))
    assert (organism["state"], organism["raw"], organism["was"]) == (
        "corrected",
        "Exampella altera",
        "Exampella testii",
    )
    assert (buffer["state"], project["state"], project["raw"]) == ("confirmed", "read", "Lifa reads")
    asked = {"extraction_id": review["extraction_id"]}
    manager = await bench.product.client("facility_manager")
    kept = checked(await manager.get("/api/documents/corrections", params=asked))["items"]
    assert {(each["field"], each["action"], each["after"]) for each in kept} == {
        ("organism", "correct", "Exampella altera"), ("buffer", "confirm", "EB")
    }  # fmt: skip
    assert review["to_check"] == sum(each["state"] == "needs_review" for each in values(review))


async def test_one_person_teaches_the_form_in_hand_and_two_the_next_ones(bench: Bench) -> None:
    # What several labs taught is known to all; nobody taught these.
    meant = {f"{label} zq": field for label, field in MEANT.items()}
    content = form(rows(3), columns=list(meant))
    other = await bench.product.client("technician")
    for time, by in enumerate((bench.alice, bench.alice, other), 1):
        review = await read(bench, content)
        assert review["rows"] == []
        taught = checked(await teach(by, review, (await suggestions(bench, review))["unknown"], meant))
        assert sorted(taught["learnt"]) == ([] if time < 3 else sorted(meant))
        assert len((await again(bench, taught))["rows"]) == 3
        old = await bench.ended(review["extraction_id"])
        assert old["state"] == "cancelled"
        assert old["notes"][0].startswith("It was read again with what ")
    assert len((await read(bench, content))["rows"]) == 3


async def test_the_form_that_is_most_like_one_is_of_the_same_lab(bench: Bench, product: Product) -> None:
    first = await read(bench, form(rows(2)))
    assert (await suggestions(bench, first))["similar"] is None
    await accepted(bench, first)
    second = await read(bench, form(rows(2), fields=[*FIELDS, STRANGE]))
    similar = (await suggestions(bench, second))["similar"]
    assert (similar["extraction_id"], similar["template"]) == (first["extraction_id"], None)
    assert 0.5 <= similar["alike"] < 1

    other = await make_bench(product)
    theirs = await read(other, form(rows(2)))
    assert (await suggestions(other, theirs))["similar"] is None
    path = f"/api/extractions/{second['extraction_id']}"
    assert (await other.robin.get(f"{path}/suggestions")).status_code == 404
    assert (await other.robin.post(f"{path}/teachings", json={"template": "x"})).status_code == 403


async def test_what_cannot_be_said_is_refused_with_a_sentence(bench: Bench) -> None:
    review = await read(bench, form(rows(3), columns=("Sticker", "Fluid", "Glow", "Index one")))
    unknown = (await suggestions(bench, review))["unknown"]

    async def refused(status: int, meant: dict[str, str], **more: Any) -> str:
        found = await teach(bench.alice, review, unknown, meant, **more)
        assert found.status_code == status
        return str(found.json()["detail"])

    assert "Nothing was said" in await refused(422, {})
    assert "no column of samples organism_x" in await refused(422, {"Glow": "organism_x"})
    assert "no column of samples project_name" in await refused(422, {"Glow": "project_name"})
    twice = {"Glow": "volume_ul", "Fluid": "volume_ul"}
    assert "another text was said to be volume_ul" in await refused(422, twice)
    assert "no such known form" in await refused(404, {}, template="nobody's")
    other = {"teachings": [{"unknown_id": review["extraction_id"], "field": "volume_ul"}]}
    missing = await bench.alice.post(f"/api/extractions/{review['extraction_id']}/teachings", json=other)
    assert (missing.status_code, missing.json()["detail"]) == (404, "The form has no such text. Nothing was changed.")
    assert checked(await bench.alice.get(f"/api/extractions/{review['extraction_id']}"))["state"] == "needs_review"


async def test_a_suggestion_by_meaning_says_what_it_is_near_to(bench: Bench, product: Product) -> None:
    try:
        folder()
    except Missing as missing:
        pytest.skip(str(missing))
    runtime = product.runtimes["ai"]
    runtime.settings = msgspec.structs.replace(runtime.settings, meanings="on")
    await remember(runtime)
    fields = [*FIELDS[:2], ("Research campaign:", "Lifa reads"), *FIELDS[2:]]
    review = await read(
        bench, form(rows(2), fields=[*fields, ("Reply goes to the boss of the group:", "x@example.org")])
    )
    assert review["meanings"] == "all-MiniLM-L6-v2"
    found = {each["label"]: each for each in (await suggestions(bench, review))["unknown"]}
    offered = found["Reply goes to the boss of the group"]
    assert offered["field"] is None or offered["field"].endswith("_email"), "what stands beside it is an address"
    campaign = found["Research campaign"]
    assert campaign["field"] is not None
    assert (campaign["way"], campaign["score"] >= 0.5, bool(campaign["alike"])) == ("meaning", True, True)
    assert value(review, campaign["field"])["raw"] != "Lifa reads", "a suggestion is no value"


def test_what_was_said_on_a_known_form_counts_there_before_what_was_said_elsewhere() -> None:
    known = Template(name="ours", fingerprint=("Submission of samples",))
    asked = Options(
        kind="pdf",
        templates=[known],
        learnt={"Endeavour": "comments"},
        learnt_on={"ours": {"Endeavour": "project_name"}, "theirs": {"Endeavour": "account"}},
    )
    content = form(rows(2), fields=[*FIELDS, STRANGE])
    there = {each.field: each.value for each in forms.read(content, asked).fields}
    assert (there.get("project_name"), there.get("comments"), there.get("account")) == ("Lifa reads", None, None)
    elsewhere = forms.read(content, msgspec.structs.replace(asked, templates=[]))
    assert {each.field: each.value for each in elsewhere.fields}.get("comments") == "Lifa reads"


async def test_a_form_is_read_again_as_the_known_form_that_a_person_chose(bench: Bench, product: Product) -> None:
    manager = await product.client("facility_manager")
    mark = bench.project_code.lower()
    content = {"title": "Chosen", "fingerprint": ["never there"], "labels": {"project_name": ["Endeavour"]}}
    columns = {"columns": {field: [text] for text, field in MEANT.items()}}
    checked(await manager.post("/api/documents/templates", json={"name": mark, "content": content | columns}))
    review = await read(bench, UNKNOWN)
    assert review["template"] is None
    review = await again(bench, checked(await teach(bench.alice, review, [], {}, template=mark)))
    assert (review["template"], len(review["rows"])) == (mark, 3)
    assert value(review, "project_name")["value"] == "Lifa reads"


async def test_a_model_is_shown_what_people_found_on_forms_of_the_same_lab_alone(
    bench: Bench, product: Product
) -> None:
    fields = [("Aktenzeichen:", "RQ-7781"), *FIELDS[1:]]
    first = await read(bench, form(rows(2), fields=fields))
    quote = value(first, "quote_id")
    checked(await decide(bench.alice, first, said(quote, "correct", "RQ-7781")))
    await accepted(bench, checked(await bench.alice.get(f"/api/extractions/{first['extraction_id']}/review")))
    other = await make_bench(product)
    following = form(rows(2), fields=[("Aktenzeichen:", "RQ-9"), *fields[1:]])
    shown = "Aktenzeichen: RQ-7781"

    async with model_server() as server:
        with set_up(product, server, reading_method="rag"):
            found = await read(bench, following)
            assert (found["method"], found["model"], value(found, "quote_id")["raw"]) == ("rag", "tiny-reader", "RQ-9")
            assert f'\\"{shown}\\" says quote_id' in server.words()
            server.asked.clear()
            await read(other, following)
            assert (len(server.asked), shown in server.words()) == (1, False)
            server.asked.clear()
    await _elsewhere(bench, product, following)


async def _elsewhere(bench: Bench, product: Product, content: bytes) -> None:
    """A model elsewhere is shown forms of the same project alone, and nothing at all before that has agreed."""
    asked = {"lab_id": bench.lab_id, "title": "Another", "code": f"{bench.project_code}-B"}
    another = checked(await bench.alice.post("/api/projects", json=asked))
    db, labels = product.runtimes["ai"].db, ["source organism", "number", "requester", "email", "sample buffer"]
    lab_id, own = UUID(bench.lab_id), UUID(bench.project_id)
    assert await prints.examples(db, Tenant(lab_id=lab_id, project_id=UUID(another["id"])), labels) == []
    found = await prints.examples(db, Tenant(lab_id=lab_id, project_id=own), labels)
    assert "Aktenzeichen: RQ-7781" in [each.line for each in found]

    with set_up(
        product, ModelServer(), reading_method="rag", llm_place="remote", llm_url="https://models.example.org/v1"
    ):
        review = await read(bench, content)
    assert (review["method"], review["wanted_method"], review["model"]) == ("rag", "rag", None)
    assert "has not agreed" in review["warnings"][0]
