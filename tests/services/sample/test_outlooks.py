"""Samples and submissions say until when they will probably be delivered, by what this laboratory has delivered."""

from datetime import datetime, timedelta

from tests.harness.product import Product, checked
from tests.services.sample.delivered import SERVICE, accepted, past, received
from tests.services.sample.desk import opened


async def test_a_sample_and_its_submission_are_told_by_those_before_them(product: Product) -> None:
    desk = await opened(product)
    submission = await accepted(desk)
    path = f"/api/submissions/{submission['id']}"
    manager = await product.client("facility_manager")
    sample = await received(manager, submission)
    before = checked(await desk.submitter.get(f"/api/samples/{sample['code']}/outlook"))
    assert (before["half_at"], before["most_at"]) == (None, None)

    await past(product, desk)
    told = checked(await desk.submitter.get(f"/api/samples/{sample['code']}/outlook"))
    entered = datetime.fromisoformat(sample["stage_entered_at"])
    half, most = (datetime.fromisoformat(told[name]) - entered for name in ("half_at", "most_at"))
    assert timedelta(hours=54) <= half <= timedelta(hours=64)
    assert timedelta(hours=78) <= most <= timedelta(hours=88)
    assert (told["n"], told["stage"], told["service_type"]) == (80, "received", SERVICE)
    assert told["backtest"]["forecasts"] >= 20
    assert told["backtest"]["better"]

    (stage,) = checked(await desk.submitter.get(f"{path}/outlook"))["stages"]
    assert (stage["stage"], stage["samples"], stage["outlook"]["half_at"]) == ("received", 1, told["half_at"])
    for address in (f"/api/samples/{sample['code']}/outlook", f"{path}/outlook"):
        assert (await desk.stranger.get(address)).status_code == 404
