"""A sample that is taken stage by stage to its delivery, by the public API and without any override."""

from itertools import pairwise
from typing import Any

from tests.harness.going_out import deliver_by_api, plan_by_api
from tests.harness.laboratory import FITTING, RECORDS
from tests.harness.laboratory import LIBRARY as PREPARED
from tests.harness.product import Product, checked
from tests.services.sample.desk import Desk, said, seen

STAGES = (
    "expected", "received", "sample_qc", "library_prep", "library_qc", "sequencing_setup", "sequencing_run",
    "basecalling", "quality_assessment", "data_delivery", "delivered",
)  # fmt: skip
MEASURED = (
    ("volume", 50),
    ("concentration", 60),
    ("a260_a280", 1.85),
    ("a260_a230", 2.1),
    ("fragment_mean_bp", 20_000),
)
OF_LIBRARY = (("volume", 12), ("concentration", 80), ("fragment_mean_bp", 20_000))
#: What is recorded at a stage so that the sample goes on.
WAY: dict[str, tuple[str, ...]] = {
    "expected": ("custody received",),
    "received": ("custody stored",),
    "sample_qc": ("measure sample",),
    "library_prep": ("make library",),
    "library_qc": ("measure library", "pass library"),
    "sequencing_setup": ("plan run",),
    "sequencing_run": ("record run",),
    "basecalling": ("record basecalling",),
    "quality_assessment": ("record decision",),
}


async def worked_on(
    product: Product,
    desk: Desk,
    project_id: str,
    *,
    sample: Any = None,
    until: str = "delivered",
    library: dict[str, Any] | None = None,
) -> Any:
    """Take a sample to a stage and return it.

    library: what is said of the library that is made of it.
    """
    if sample is None:
        asked = {"project_id": project_id, "name": said("QX").replace(" ", "_"), "material": "HMW gDNA"}
        sample = checked(await desk.staff.post("/api/samples", json=asked))
    path = f"/api/samples/{sample['id']}"
    for here, to in pairwise(STAGES):
        now = checked(await desk.staff.get(path))
        if now["stage"] != here:
            continue
        if here == until:
            return now
        if here == "data_delivery":
            await deliver_by_api(await product.client("facility_manager"), sample["code"])
            continue
        for step in WAY[here]:
            await _do(desk, now, *step.split(), library=library or {})
        now = checked(await desk.staff.get(path))
        checked(await desk.staff.post(f"{path}/transitions", json={"to": to}, headers=seen(now)))
    return checked(await desk.staff.get(path))


async def _do(desk: Desk, sample: Any, verb: str, what: str, *, library: dict[str, Any]) -> None:
    path, code = f"/api/samples/{sample['id']}", sample["code"]
    if verb == "custody":
        more = {"condition": "intact"} if what == "received" else {"location": "F1"}
        checked(await desk.staff.post(f"{path}/custody", json={"kind": what, **more}))
    elif verb == "make":
        made = {"sources": [{"sample": code}], "prepared": True, **PREPARED, **library}
        checked(await desk.staff.post("/api/libraries", json=made))
    elif verb == "plan":
        found = checked(await desk.staff.get("/api/runs", params={"sample": code}))["items"]
        if not found:
            await plan_by_api(desk.staff, code)
    elif verb == "record":
        own = {}
        if what == "run":
            (run,) = checked(await desk.staff.get("/api/runs", params={"sample": code}))["items"]
            own = {"flow_cell_id": run["flow_cell"]}
        checked(await desk.staff.post(f"{path}/records", json={"kind": what, **RECORDS[what], **own}))
    elif verb == "pass":
        (made,) = checked(await desk.staff.get("/api/libraries", params={"sample": code}))["items"]
        where = f"/api/libraries/{made['code']}/transitions"
        checked(await desk.staff.post(where, json={"to": "qc_passed"}, headers=seen(made)))
    else:
        await _measured(desk, path, what)


async def _measured(desk: Desk, path: str, subject: str) -> None:
    for quantity, value in MEASURED if subject == "sample" else OF_LIBRARY:
        unit, method = FITTING[quantity]
        asked = {"quantity": quantity, "value": value, "unit": unit, "method": method, "subject": subject}
        checked(await desk.staff.post(f"{path}/measurements", json=asked))
