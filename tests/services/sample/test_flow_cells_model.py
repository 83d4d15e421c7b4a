"""The one table of a flow cell's states: no order of steps leads past a gate, and nothing comes back from its end."""

from dataclasses import replace
from datetime import date
from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nanopore_tracking.contracts.api.sample.flow_cells import FlowCellAction, FlowCellState
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.flow_cells import model
from nanopore_tracking.services.sample.flow_cells.model import FlowCell, Override

TODAY = date(2026, 11, 24)
ORDERED = FlowCell(
    id=UUID(int=1), flow_cell_id="FAX12345", product_code="FLO-MIN114", device="MinION", lot="", purchased_on=TODAY,
    received_on=None, expires_on=date(2027, 1, 1), check_by=date(2027, 2, 16), warranty_pores=800, report_days=2,
    storage="", note="", state="ordered", pores_available=None, check_count=0, load_count=0, event_count=0,
    held_by=None, version=1,
)  # fmt: skip
STEPS = st.tuples(st.sampled_from(get_args(FlowCellAction)), st.integers(0, 1600), st.booleans())


def _step(cell: FlowCell, action: FlowCellAction, pores: int, *, reason: bool) -> FlowCell:
    """Do what a command does: the gate of a load, then the step."""
    state = model.step(cell, action, passed=pores >= cell.warranty_pores)
    if action == "load":
        model.pass_hurdles(cell, model.load_hurdles(cell, TODAY), Override(reason="A test." if reason else ""))
    after = replace(cell, state=state)
    if action == "check":
        return replace(after, pores_available=pores, check_count=cell.check_count + 1)
    return replace(after, load_count=cell.load_count + (action in ("load", "reload")))


@given(st.lists(STEPS, max_size=25))
def test_no_order_of_steps_leads_past_a_gate(steps: list[tuple[FlowCellAction, int, bool]]) -> None:
    cell, ended = ORDERED, False
    for action, pores, reason in steps:
        try:
            after = _step(cell, action, pores, reason=reason)
        except (errors.Conflict, errors.Forbidden):
            continue
        assert not ended
        assert after.state in model.STEPS[action].values() or (action, after.state) == ("check", "check_failed")
        if action == "load" and not reason:
            assert cell.check_count > 0
            assert cell.load_count > 0 or (cell.pores_available or 0) >= cell.warranty_pores
        ended = after.state in ("returned", "discarded")
        cell = after


@pytest.mark.parametrize("state", get_args(FlowCellState))
@pytest.mark.parametrize("action", get_args(FlowCellAction))
def test_every_state_and_action_that_is_not_listed_is_refused(state: FlowCellState, action: FlowCellAction) -> None:
    cell = replace(ORDERED, state=state)
    if state in model.STEPS[action]:
        model.step(cell, action)
    else:
        with pytest.raises(errors.Conflict) as refused:
            model.step(cell, action)
        assert "Nothing was changed." in refused.value.message
        assert refused.value.extra["allowed"] == model.actions(cell)
