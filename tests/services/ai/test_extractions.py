"""What is uploaded is read at once and becomes a submission, or says in a sentence why not."""

import resource
import time

from tests.harness.product import checked
from tests.services.ai import corpus
from tests.services.ai.conftest import Bench

ASKING = "Sample name,Conc. (ng/µL)\nQX_01,45\n".encode()


async def test_a_manifest_becomes_a_submission_with_all_its_cells(bench: Bench) -> None:
    extraction = await bench.read(corpus.manifest_xlsx(), "form.xlsx")
    submission = await bench.submission(extraction["id"])
    rows = checked(await bench.robin.get(f"/api/submissions/{submission['id']}/rows"))["items"]

    assert extraction["state"] == "read", extraction["error"]
    assert (extraction["row_count"], extraction["rows_read"], extraction["sheet"]) == (3, 3, "Samples")
    assert (submission["row_count"], submission["filename"]) == (3, "form.xlsx")
    assert [row["values"]["sample_name"] for row in rows] == ["QX_01", "QX_02", "QX_03"]
    cell = rows[0]["submitted"]["qubit_ng_per_ul"]
    assert (cell["raw"], cell["value"], cell["row"], cell["column"]) == ("48.5", 48.5, 2, "C")
    assert rows[2]["values"].get("qubit_ng_per_ul") is None
    assert rows[2]["submitted"]["qubit_ng_per_ul"]["state"] == "blank"


async def test_ten_thousand_rows_are_read_and_announced_in_seconds(bench: Bench) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began_s = time.perf_counter()
    extraction = await bench.read(corpus.large_xlsx(10_000), "form.xlsx")
    took_s = time.perf_counter() - began_s
    after = resource.getrusage(resource.RUSAGE_CHILDREN)

    assert extraction["rows_read"] == 10_000
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 5
    assert took_s < 60
    assert (await bench.submission(extraction["id"]))["row_count"] == 10_000


async def test_a_file_that_is_no_manifest_says_why(bench: Bench) -> None:
    empty = await bench.read(b"Sample name,Volume (uL)\n")
    broken = await bench.read(b'Sample name,Volume (uL)\nQX_01,"50\n')
    large = await bench.read(corpus.manifest_csv(corpus.many(20_001)))

    assert {empty["state"], broken["state"], large["state"]} == {"refused"}
    assert "no sample below" in empty["error"]
    assert "line 2" in broken["error"]
    assert "20,001 rows" in large["error"]
    assert checked(await bench.robin.get("/api/submissions", params={"extraction_id": empty["id"]}))["items"] == []


async def test_a_file_that_breaks_its_reader_hurts_nobody(bench: Bench) -> None:
    hostile = await bench.read(corpus.understated_bomb(), "form.xlsx")
    good = await bench.read(corpus.manifest_csv())

    assert hostile["state"] == "refused"
    assert hostile["error"].endswith(".")
    assert good["state"] == "read"


async def test_a_doubt_is_decided_by_a_person_and_learnt_for_the_lab(bench: Bench) -> None:
    asking = await bench.read(ASKING)
    path = f"/api/extractions/{asking['id']}/columns"
    body = {"columns": [{"column": "B", "field": "qubit_ng_per_ul"}]}

    assert asking["state"] == "needs_columns"
    assert "Column B" in asking["questions"][0]
    assert asking["columns"][1]["examples"] == ["45"]
    assert (await bench.robin.post(path, json=body)).status_code == 428
    match = {"If-Match": f'"v{asking["version"]}"'}
    chosen = await bench.robin.post(path, json=body, headers=match)
    assert chosen.status_code == 200, chosen.text
    read = await bench.ended(asking["id"])
    assert (read["state"], read["columns"][1]["method"]) == ("read", "person")
    assert (await bench.robin.post(path, json=body, headers=match)).status_code == 412
    again = await bench.read(ASKING)
    assert (again["state"], again["columns"][1]["method"]) == ("read", "learnt")
    rows = checked(await bench.robin.get(f"/api/submissions/{(await bench.submission(again['id']))['id']}/rows"))
    assert rows["items"][0]["values"]["qubit_ng_per_ul"] == 45


async def test_choices_that_make_no_sense_are_refused(bench: Bench) -> None:
    asking = await bench.read(ASKING)
    path, match = f"/api/extractions/{asking['id']}/columns", {"If-Match": f'"v{asking["version"]}"'}

    for columns in (
        [{"column": "B", "field": "colour"}],
        [{"column": "ZZ", "field": "volume_ul"}],
        [{"column": "B", "field": None}, {"column": "B", "field": "volume_ul"}],
        [{"column": "B", "field": "volume_ul", "role": "admin"}],
        [],
    ):
        answer = await bench.robin.post(path, json={"columns": columns}, headers=match)
        assert answer.status_code == 422, answer.text


async def test_another_sheet_is_read_when_a_person_says_so(bench: Bench) -> None:
    content = corpus.workbook(
        {"Plate 1": [corpus.HEADINGS, *corpus.ROWS], "Plate 2": [corpus.HEADINGS, *corpus.many(5)]}
    )
    first = await bench.read(content, "plates.xlsx")
    asked = {"document_id": first["document_id"], "sheet": "Plate 2"}
    second = await bench.ended(checked(await bench.robin.post("/api/extractions", json=asked))["id"])

    assert (first["sheet"], first["row_count"]) == ("Plate 1", 3)
    assert (second["sheet"], second["row_count"]) == ("Plate 2", 5)
    assert (await bench.submission(second["id"]))["row_count"] == 5


async def test_the_list_of_readings_is_filtered(bench: Bench) -> None:
    read = await bench.read(corpus.manifest_csv(), "a_b%.csv")
    refused = await bench.read(b"Sample name,Volume (uL)\n", "other.csv")

    async def ids(**params: str) -> list[str]:
        page = checked(await bench.robin.get("/api/extractions", params=params))
        return [item["id"] for item in page["items"]]

    assert await ids() == [refused["id"], read["id"]]
    assert await ids(state="read") == [read["id"]]
    assert await ids(q="B%") == [read["id"]]
    assert await ids(q="aXb") == []
    assert await ids(document_id=refused["document_id"]) == [refused["id"]]
    assert (await bench.robin.get("/api/extractions", params={"sort": "error"})).status_code == 422


async def test_everything_that_happened_is_in_the_record(bench: Bench) -> None:
    extraction = await bench.read(corpus.manifest_csv())
    auditor = await bench.product.client("auditor")

    async def types() -> set[str]:
        params = {"object_id": extraction["id"]}
        entries = checked(await auditor.get("/api/audit/entries", params=params))["items"]
        found = {entry["type"] for entry in entries}
        return found if len(found) > 1 else set()

    assert await bench.product.eventually(types) == {"ai.manifest_read", "ai.manifest_rows_read"}
