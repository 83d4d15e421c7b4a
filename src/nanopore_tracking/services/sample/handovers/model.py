"""How long a handover may take, and what it was told while it waits for people."""

from collections.abc import Sequence
from typing import Any

from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.deliveries.model import Delivery
from nanopore_tracking.services.sample.samples.model import Sample

DAY_S = 86_400.0
#: How long files may take to arrive whole, how long a person may take to release them, and all of it.
ARRIVAL_S, RELEASE_S, DEADLINE_S = 30 * DAY_S, 90 * DAY_S, 180 * DAY_S
#: What it waits for, each told once.
ARRIVED, RELEASED = "arrived", "released"

_UNDER_WAY = ("copying", "verified")
_OUT = ("released", "received", "expired")


def key(delivery: Delivery, count: int) -> str:
    """Return what the handover of a delivery is about; count: how often it was begun."""
    return f"{delivery.code}:{count}"


def frozen(delivery: Delivery) -> str:
    """Return the sum of the manifest that goes out; Conflict for a delivery that is not on its way."""
    if delivery.state not in (*_UNDER_WAY, *_OUT) or delivery.manifest_sha256 is None:
        raise errors.Conflict(f"The delivery {delivery.code} is {delivery.state}: no files are on their way.")
    return delivery.manifest_sha256


def heard(said: Any) -> Any:
    """Return what was told; Conflict where the delivery was taken back meanwhile."""
    if said.get("ended"):
        raise errors.Conflict(str(said["ended"]))
    return said


def out(delivery: Delivery, manifest: str) -> None:
    """Raise Conflict unless exactly the files that were frozen are verified and released."""
    if delivery.state not in _OUT:
        raise errors.Conflict(f"The delivery {delivery.code} is {delivery.state}, not released.")
    if not delivery.manifest_sha256 == delivery.verified_sha256 == manifest:
        raise errors.Conflict(f"The files of {delivery.code} are not those that were to go out.")


def undo_to(delivery: Delivery) -> str | None:
    """Return the state that undoes what a handover did; None where nothing has to be done.

    A delivery that a person released before the handover heard of it is retracted too: no data stay out there whose
    handover was undone.
    """
    if delivery.state in _OUT:
        return "retracted"
    return "prepared" if delivery.state in _UNDER_WAY else None


def sorted_out(samples: Sequence[Sample]) -> tuple[list[Sample], list[Sample]]:
    """Return the samples that wait for their delivery, and those that stand somewhere else but not behind it."""
    waiting = [sample for sample in samples if sample.stage == "data_delivery"]
    return waiting, [sample for sample in samples if sample.stage not in ("data_delivery", "delivered", "archived")]


def why_left(problem: errors.Problem) -> str:
    """Return why a sample was not moved, without what is said of the request."""
    missing = problem.extra.get("missing", [])
    return " ".join(item["message"] for item in missing) or problem.message.replace(" Nothing was changed.", "")
