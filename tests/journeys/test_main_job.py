"""The main job: a sample from the manifest of its lab to archived data, by the public API alone, and what proves it."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from uuid import uuid4

import httpx

from tests.harness.going_out import deliver_by_api, plan_by_api, receive_by_api
from tests.harness.laboratory import FITTING, LIBRARY, RECORDS
from tests.harness.product import Member, Product, checked
from tests.harness.ways import RECORDED

STAGES = (*RECORDED, "archived")
#: verb of a way → place under the sample, and the event that it becomes.
PLACES = {
    "custody": ("custody", "sample.custody_recorded"),
    "measure": ("measurements", "sample.measured"),
    "record": ("records", "sample.record_added"),
}
MANIFEST = (
    "sample_name,material,volume_ul,qubit_ng_per_ul,nanodrop_ng_per_ul,a260_a280,a260_a230,fragment_bp\n"
    "HB27,HMW gDNA,fifty,600,610,1.85,2.1,25000\n"
)


@dataclass
class Step:
    """One thing that was done to the sample: the event that it is, its request and who did it.

    request_id: None for what the product did by itself, whose name is a service's.
    """

    type: str
    request_id: str | None
    by: str
    moved: tuple[str, str] | None = None


@dataclass
class Work:
    """The lab with its project, the people, and what they did to the sample so far."""

    product: Product
    lab_id: str
    project_id: str
    robin: Member
    alice: Member
    manager: httpx.AsyncClient
    bob: Member
    done: list[Step] = field(default_factory=list)

    async def submitted(self) -> Any:
        """Upload the manifest and return the submission that it becomes."""
        params = {"project_id": self.project_id, "filename": "HB27.csv"}
        answer = await self.robin.client.post("/api/documents", params=params, content=MANIFEST.encode())
        asked = {"extraction_id": checked(answer)["extraction_id"], "status": "under_review"}

        async def look() -> Any:
            return checked(await self.robin.client.get("/api/submissions", params=asked))["items"]

        (submission,) = await self.product.eventually(look)
        return await self.shown("submissions", submission["id"])

    async def shown(self, kind: str, name: str) -> Any:
        """Return a submission or sample as it is now."""
        return checked(await self.alice.client.get(f"/api/{kind}/{name}"))

    async def write(self, by: Member, path: str, asked: Any, **more: Any) -> Any:
        """Send a change of the sample in a request of its own, and remember it as a step."""
        step = Step(more["event"], f"step-{uuid4()}", by.name, more.get("moved"))
        headers = {"X-Request-Id": str(step.request_id), **_seen(more.get("thing"))}
        answer = checked(await by.client.post(path, json=asked, headers=headers))
        self.done.append(step)
        return answer


def _seen(thing: Any) -> dict[str, str]:
    return {} if thing is None else {"If-Match": f'"v{thing["version"]}"'}


async def _opened(product: Product) -> Work:
    manager = await product.client("facility_manager")
    name = f"Okafor Lab {uuid4().hex[:8]}"
    lab = checked(await manager.post("/api/labs", json={"name": name, "pi_name": "Dr Okafor"}))
    alice, bob = await product.member("technician"), await product.member("technician")
    asked = {"lab_id": lab["id"], "title": "Thermophiles"}
    project = checked(await alice.client.post("/api/projects", json=asked))
    code = {"code": "QX-4711", "valid_from": "2026-01-01", "authorised_by": "Dr Okafor"}
    checked(await manager.post(f"/api/labs/{lab['id']}/charge-codes", json=code))
    charge = {"charge_code": "QX-4711"}
    checked(await alice.client.post(f"/api/projects/{project['id']}/charge-codes", json=charge))
    robin = await product.member("submitter", labs=[lab["id"]])
    work = Work(product, lab["id"], project["id"], robin=robin, alice=alice, manager=manager, bob=bob)

    async def known() -> Any:
        async with product.db("ai") as db:
            return await db.fetchval("SELECT EXISTS (SELECT FROM project WHERE id::text = $1)", project["id"])

    await product.eventually(known)
    return work


async def _accepted(work: Work, submission: Any) -> Any:
    """Correct the wrong cell, accept with a reason, and return the sample."""
    path = f"/api/submissions/{submission['id']}"
    (row,) = checked(await work.robin.client.get(f"{path}/rows"))["items"]
    assert (row["submitted"]["volume_ul"]["raw"], row["values"].get("volume_ul")) == ("fifty", None)
    assert [problem["field"] for problem in row["problems"]] == ["volume_ul"]
    asked = {"volume_ul": 50, "reason": "Written as a word."}
    corrected = checked(await work.robin.client.patch(f"{path}/rows/1", json=asked, headers=_seen(row)))
    assert corrected["problems"] == []
    now = await work.shown("submissions", submission["id"])
    assert now["finding_count"] > 0, "kit and human DNA are not said in the manifest"
    refused = await work.alice.client.post(f"{path}/acceptance", json={}, headers=_seen(now))
    assert (refused.status_code, refused.json()["type"]) == (409, "reason-required")
    reason = {"reason": "Agreed with robin by telephone."}
    await work.write(work.alice, f"{path}/acceptance", reason, event="sample.created", thing=now)
    (row,) = checked(await work.alice.client.get(f"{path}/rows"))["items"]
    return await work.shown("samples", row["sample_code"])


async def _record(work: Work, sample: Any, verb: str, said: dict[str, Any]) -> None:
    if verb in ("library", "step"):
        await _prepare(work, sample, verb, said)
        return
    if verb in ("plan", "deliver", "receive"):
        await _go_out(work, sample, verb)
        return
    place, event = PLACES[verb]
    if verb == "measure":
        unit, method = FITTING[said["quantity"]]
        said = {"unit": unit, "method": method, **said}
    elif verb == "record":
        said = {**RECORDS[said["kind"]], **said}
        if said["kind"] == "run":
            (run,) = checked(await work.alice.client.get("/api/runs", params={"sample": sample["code"]}))["items"]
            said["flow_cell_id"] = run["flow_cell"]
    by = work.bob if verb == "custody" else work.alice
    path = f"/api/samples/{sample['id']}/{place}"
    if said.get("subject") == "library":
        # It is the library's history; the sample's tells that work on it began.
        if (await work.shown("samples", sample["id"]))["status"] != "queued":
            checked(await by.client.post(path, json=said))
            return
        event = "sample.changed"
    await work.write(by, path, said, event=event)


async def _prepare(work: Work, sample: Any, verb: str, said: dict[str, Any]) -> None:
    """Make the library of the sample, or move it on."""
    if verb == "library":
        asked = {"sources": [{"sample": sample["code"]}], "prepared": True, **LIBRARY, **said}
        await work.write(work.alice, "/api/libraries", asked, event="sample.changed")
        return
    (library,) = checked(await work.alice.client.get("/api/libraries", params={"sample": sample["code"]}))["items"]
    path = f"/api/libraries/{library['code']}/transitions"
    checked(await work.alice.client.post(path, json=said, headers=_seen(library)))


async def _go_out(work: Work, sample: Any, verb: str) -> None:
    """Plan its run, deliver its data, confirm the receipt: the history of other things than the sample."""
    if verb == "plan":
        await plan_by_api(work.manager, sample["code"])
    elif verb == "deliver":
        await deliver_by_api(work.manager, sample["code"])
    else:
        await receive_by_api(work.manager, sample["id"])


async def _through_the_gate(work: Work, sample: Any, here: str, to: str) -> Any:
    """Be refused with what is missing, record it, and pass."""
    path = f"/api/samples/{sample['id']}"
    gate = checked(await work.alice.client.get(f"{path}/gate"))
    needed = {one["code"] for one in gate["requirements"] if not one["met"]}
    refused = await work.alice.client.post(f"{path}/transitions", json={"to": to}, headers=_seen(sample))
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "gate-not-met"), here
    missing = {one["code"]: one["how"] for one in refused.json()["missing"]}
    assert needed == missing.keys()
    assert needed
    assert all(missing.values())
    for verb, said in RECORDED[here]:
        await _record(work, sample, verb, dict(said))
    if to == "delivered":
        work.done.append(Step("sample.stage_changed", None, "sample", (here, to)))
        return await work.shown("samples", sample["id"])
    now = await work.shown("samples", sample["id"])
    return await work.write(
        work.alice, f"{path}/transitions", {"to": to}, event="sample.stage_changed", thing=now, moved=(here, to)
    )


async def test_a_sample_goes_from_its_manifest_to_archived_data(product: Product) -> None:
    work = await _opened(product)
    sample = await _accepted(work, await work.submitted())
    assert (sample["stage"], sample["submitted"]["volume_ul"]) == ("expected", 50)

    for here, to in pairwise(STAGES):
        sample = await _through_the_gate(work, sample, here, to)
        assert sample["stage"] == to

    assert (sample["status"], sample["volume_ul"], sample["submitted"]["volume_ul"]) == ("done", 48, 50)
    await _history_is_complete(work, sample)
    await _log_is_complete(product)


async def _history_is_complete(work: Work, sample: Any) -> None:
    """Every step is in the log once and in order, with who, before and after, and request."""
    path = f"/api/audit/history/sample/{sample['id']}"

    async def look() -> Any:
        items = checked(await work.robin.client.get(path, params={"sort": "sequence", "limit": 200}))["items"]
        return items if len(items) >= len(work.done) else None

    entries = await work.product.eventually(look)
    told = [(entry["type"], entry["actor"]["name"]) for entry in entries]
    assert told == [(step.type, step.by) for step in work.done]
    for entry, step in zip(entries, work.done, strict=True):
        assert (entry["lab_id"], entry["subject"]["code"]) == (work.lab_id, sample["code"])
        assert step.request_id in (None, entry["request_id"])
        if step.moved:
            assert {"field": "stage", "before": step.moved[0], "after": step.moved[1]} in entry["changes"]
    numbers = [entry["source_sequence"] for entry in entries]
    assert numbers == sorted(set(numbers))


async def _log_is_complete(product: Product) -> None:
    auditor = await product.client("auditor")

    state = checked(await auditor.get("/api/audit/state"))

    assert {source["source"] for source in state["sources"]} >= {"sample", "ai", "config"}
    for source in state["sources"]:
        assert source["entries"] == source["source_sequence"], source
