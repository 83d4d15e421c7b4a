"""A sheet of basecallings: each cell is checked before anything is written, and each sample gets its own record."""

import contextlib
import csv
import io
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from nanopore_tracking.contracts.api.sample.basecallings import BasecallingSheet
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.call import Call
from nanopore_tracking.services.sample.basecallings import commands, model
from nanopore_tracking.services.sample.bulk import store as bulk_store
from nanopore_tracking.services.sample.bulk_groups import commands as groups
from tests.harness.laboratory import ALICE, Laboratory
from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, opened
from tests.services.sample.shelves import sample

SUP = "dna_r10.4.1_e8.2_400bps_sup@v5.2.0"
HEAD = "sample,barcode,model,min_q,reads,bases_pass_bp,n50_bp,mean_q"
GOOD = f"{SUP},10,20000,90000000,4900,18.4"
BEFORE = ("received", "sample_qc", "library_prep", "library_qc", "sequencing_setup", "sequencing_run", "basecalling")


@pytest.fixture(scope="module")
async def desk(product: Product) -> Desk:
    """A lab with a project, its submitter, a technician, and a submitter of another lab."""
    return await opened(product)


async def _finished(client: Any, begun: Any) -> Any:
    path = f"/api/samples/bulk/{checked(begun)['id']}"

    async def done() -> Any:
        found = checked(await client.get(path))
        return found if found["state"] == "done" else None

    return await Product.eventually(done)


async def _called(product: Product, desk: Desk, count: int) -> list[Any]:
    """Register samples and let a manager move them to basecalling past all gates."""
    samples = [await sample(desk) for _ in range(count)]
    manager = await product.client("facility_manager")
    for to in BEFORE:
        operation = {"kind": "move", "to": to, "reason": "A test.", "override": True}
        asked = {"selection": {"ids": [one["id"] for one in samples]}, "operation": operation}
        job = await _finished(manager, await manager.post("/api/samples/bulk", json=asked))
        assert job["changed"] == count
    return sorted(samples, key=lambda one: str(one["code"]))


def _sheet(*lines: str, head: str = HEAD) -> dict[str, str]:
    return {"sheet": "\n".join((head, *lines))}


async def _check(desk: Desk, *lines: str) -> Any:
    return checked(await desk.staff.post("/api/samples/basecallings/check", json=_sheet(*lines)))


async def _records(desk: Desk, one: Any) -> list[Any]:
    path = f"/api/samples/{one['id']}/records"
    return list(checked(await desk.staff.get(path, params={"kind": "basecalling"}))["items"])


async def test_a_sheet_is_recorded_as_one_job_and_each_record_is_as_if_made_alone(desk: Desk, product: Product) -> None:
    alone, *samples = await _called(product, desk, 4)
    other = await sample(desk)
    reads = {"reads": 20000, "bases_pass_bp": 90000000, "n50_bp": 4900, "mean_q": 18.4}
    said = {"kind": "basecalling", "model": SUP, "min_q": 10, "read_sets": [{"barcode": "barcode01", **reads}]}
    checked(await desk.staff.post(f"/api/samples/{alone['id']}/records", json=said))
    codes = [one["code"] for one in (alone, *samples, other)]
    lines = [f"{code},barcode{n:02d},{GOOD}" for n, code in enumerate(codes, 1)]
    lines += ["", f"{samples[2]['code'].lower()},unclassified,{GOOD}"]

    looked_at = await _check(desk, *lines)
    begun = await desk.staff.post("/api/samples/basecallings", json=_sheet(*lines))
    job = await _finished(desk.staff, begun)

    foreseen = looked_at["preview"]
    assert (looked_at["wrong"], len(looked_at["lines"])) == (0, 6)
    assert [foreseen[name] for name in ("will_change", "unchanged", "will_not")] == [3, 1, 1]
    assert [job[name] for name in ("changed", "unchanged", "refused")] == [3, 1, 1]
    assert (foreseen["refused"][0]["code"], foreseen["refused"][0]["reason"]) == (other["code"], "not-allowed")
    (single,), (made,), (two,) = [await _records(desk, one) for one in (alone, samples[0], samples[2])]
    expected = single["details"]["read_sets"][0] | {"barcode": "barcode02"}
    assert made["details"] == single["details"] | {"read_sets": [expected]}
    assert [reads["barcode"] for reads in two["details"]["read_sets"]] == ["barcode04", "unclassified"]
    again = await _finished(desk.staff, await desk.staff.post("/api/samples/basecallings", json=_sheet(*lines)))
    assert [again[name] for name in ("changed", "unchanged", "refused")] == [0, 4, 1]
    async with product.db("sample") as owner:
        charged = await owner.fetch(
            "SELECT subject_code FROM billing_event WHERE fact = 'basecalling.sup' AND subject_code = ANY($1)", codes
        )
    assert sorted(row["subject_code"] for row in charged) == codes[:4]


WRONG = [
    ("reads", f",barcode01,{SUP},10,many,90000000,4900,18.4"),
    ("reads", f",barcode01,{SUP},10,1.5,90000000,4900,18.4"),
    ("bases_pass_bp", f",barcode01,{SUP},10,20000,,4900,18.4"),
    ("n50_bp", f",barcode01,{SUP},10,20000,90000000,-1,18.4"),
    ("mean_q", f",barcode01,{SUP},10,20000,90000000,4900,61"),
    ("min_q", f",barcode01,{SUP},Q10,20000,90000000,4900,18.4"),
    ("model", ",barcode01,super accurate,10,20000,90000000,4900,18.4"),
    ("barcode", f",NB01,{SUP},10,20000,90000000,4900,18.4"),
    ("sample", f",barcode01,{GOOD},one more,and another"),
]


async def test_each_wrong_cell_is_named_and_nothing_of_the_sheet_is_recorded(desk: Desk, product: Product) -> None:
    good, *bad = await _called(product, desk, 1 + len(WRONG))
    lines = [f"{good['code']},barcode01,{GOOD}", f"S00-000000,barcode02,{GOOD}", f",barcode03,{GOOD}"]
    lines += [f"{one['code']}{rest}" for one, (_, rest) in zip(bad, WRONG, strict=True)]
    lines += [f"{good['code']},barcode01,{GOOD}", f"{good['code']},barcode04,{GOOD.replace('sup', 'hac')}"]

    looked_at = await _check(desk, *lines)
    refused = await desk.staff.post("/api/samples/basecallings", json=_sheet(*lines))

    wrong = [(line["line"], problem["field"]) for line in looked_at["lines"] for problem in line["problems"]]
    expected = [(3, "sample"), (4, "sample"), *((n, name) for n, (name, _) in enumerate(WRONG, 5))]
    assert wrong == [*expected, (14, "sample"), (15, "model")]
    assert (looked_at["wrong"], looked_at["preview"]) == (len(wrong), None)
    assert refused.status_code == 422
    assert [error["path"] for error in refused.json()["errors"]] == [f"sheet.{line}.{name}" for line, name in wrong]
    assert "stands in line 2 with barcode01" in refused.json()["errors"][-2]["message"]
    assert await _records(desk, good) == []
    assert (await desk.submitter.post("/api/samples/basecallings", json=_sheet(*lines))).status_code == 403


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        (HEAD, "no line"),
        (f"{HEAD}\n,,,,,,,\n", "no line"),
        ("code,model\nS26-000001,x", "it has no column sample"),
        (f"{HEAD},colour\n", "colour is not known"),
        (f"{HEAD},reads\n", "one stands twice"),
        ("<html>", "they are"),
        (f"{HEAD}\n" + "S26-000001,,x\n" * 2001, "at most 2,000 lines"),
    ],
)
def test_what_is_no_sheet_says_what_one_is(sheet: str, says: str) -> None:
    with pytest.raises(errors.Problem) as refused:
        model.read(sheet)
    assert says.lower() in refused.value.message.lower()


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_sheet_is_read_as_spreadsheets_write_it(mark: str) -> None:
    cells = ["s26-000001", "", SUP, '"10"', "20000", "90000000", "4900", '"18,4"' if mark != ";" else "18,4"]
    text = "\ufeff" + "\r\n".join([HEAD.replace(",", mark).upper(), mark.join(cells), mark * 7]) + "\r\n"

    (line,) = model.read(text)
    model.understand([line], {})

    assert (line.number, line.code) == (2, "S26-000001")
    assert [problem.field for problem in line.problems] == ["sample"]
    assert (line.said["min_q"], line.said["reads"], line.said["mean_q"]) == (10.0, 20000, 18.4)


async def test_the_template_has_a_line_for_each_barcode_of_the_selection(desk: Desk, product: Product) -> None:
    samples = await _called(product, desk, 2)
    selection = {"ids": [one["id"] for one in samples]}
    path = "/api/samples/basecallings/template"

    answer = await desk.staff.post(path, json={"selection": selection})

    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert list(rows[0]) == list(model.COLUMNS)
    assert [(row["sample"], row["name"], row["barcode"]) for row in rows] == [
        (one["code"], one["name"], "") for one in samples
    ]
    unfilled = checked(await desk.staff.post("/api/samples/basecallings/check", json={"sheet": answer.text}))
    assert {problem["field"] for line in unfilled["lines"] for problem in line["problems"]} == set(model.NEEDED[1:])
    assert (await desk.staff.post(path, json={"selection": {"ids": [str(uuid4())]}})).status_code == 404


async def test_a_sheet_names_no_sample_of_another_lab_and_a_group_is_recorded_once(laboratory: Laboratory) -> None:
    ids = [await laboratory.register() for _ in range(3)]
    async with laboratory.owner() as owner:
        await owner.execute("UPDATE sample SET stage = 'basecalling' WHERE id = ANY($1)", ids)
    codes = [(await laboratory.show(sample_id)).code for sample_id in ids]
    asked = BasecallingSheet(**_sheet(*(f"{code},,{GOOD}" for code in codes)))

    foreign = Call(actor=ALICE, request_id="r", at=laboratory.at, tenants=frozenset([uuid4()]))
    unseen = await commands.check(laboratory.db, asked, call=foreign)
    assert [problem.field for line in unseen.lines for problem in line.problems] == ["sample"] * 3
    job_id = UUID((await laboratory.run(lambda tx: commands.begin(tx, asked)))["id"])
    job = await bulk_store.find_job(laboratory.db, job_id)
    with contextlib.suppress(ZeroDivisionError):  # A crash: the transaction never commits.
        async with laboratory.db.transaction(laboratory.call()) as tx:
            await groups.run_group(tx, job, 0)
            raise ZeroDivisionError
    async with laboratory.db.transaction(laboratory.call()) as tx:
        await groups.run_group(tx, job, 0)

    for sample_id in ids:
        told = [event["type"] for event in await laboratory.events(sample_id)]
        assert told == ["sample.created", "sample.record_added"]
    page = await bulk_store.list_results(laboratory.db, None, job_id, limit=10)
    assert {msgspec.json.decode(item)["changes"]["reads"][1] for item in page.items} == {20000}
