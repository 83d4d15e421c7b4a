"""The board, the counts and the look-up: what the database builds for them."""

from typing import Any, get_args
from uuid import UUID

import msgspec
import pytest

from nanopore_tracking.contracts.api.sample.samples import Board, Sample, Stage, Summary
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.ids import uuid7
from nanopore_tracking.services.sample.board import model, store
from nanopore_tracking.services.sample.samples import store as samples
from nanopore_tracking.services.sample.samples.model import NewSample
from tests.harness.laboratory import Laboratory


async def _board(laboratory: Laboratory, labs: Any = None, **asked: Any) -> Board:
    shown = model.Shown(labs=labs, **asked)
    return msgspec.json.decode(await store.show_board(laboratory.db, shown), type=Board)


async def _summary(laboratory: Laboratory, labs: Any = None) -> Summary:
    return msgspec.json.decode(await store.show_summary(laboratory.db, labs, get_args(Stage)), type=Summary)


async def _queue(laboratory: Laboratory, project_id: UUID) -> list[str]:
    """Make ten samples with different priorities, each a second after the other; return their codes."""
    codes = []
    for n in range(10):
        laboratory.later(seconds=1)
        priority: Any = ("normal", "low", "urgent", "high")[n % 4]
        rows = [NewSample(project_id=project_id, name=f"queue {n}", alias=f"q{n}", priority=priority, assignee="carol",
            priority_reason="As agreed.")]  # fmt: skip
        async with laboratory.db.transaction(laboratory.call()) as tx:
            codes += [code for _, code in await samples.insert_samples(tx, rows)]
    return codes


async def test_the_board_has_its_stages_in_order_whatever_is_in_them(laboratory: Laboratory) -> None:
    for board in (await _board(laboratory), await _board(laboratory, []), await _board(laboratory, [uuid7()])):
        assert [column.stage for column in board.columns] == list(model.BOARD)
    assert all((column.count, column.cards, column.oldest_entered_at) == (0, [], None) for column in board.columns)


async def test_cards_stand_by_priority_then_age(laboratory: Laboratory) -> None:
    project_id = await laboratory.project()
    codes = await _queue(laboratory, project_id)

    expected = (await _board(laboratory, project_id=project_id)).columns[0]

    order = [codes[n] for n in (2, 6, 3, 7, 0, 4, 8)]
    assert [card.code for card in expected.cards] == order
    assert (expected.count, expected.exact) == (10, True)
    item, _ = await samples.show_sample(laboratory.db, None, codes[0])
    assert expected.oldest_entered_at == msgspec.json.decode(item, type=Sample).stage_entered_at
    assert (await _board(laboratory, assignee="carol")).columns[0].cards == expected.cards
    assert (await _board(laboratory, assignee="")).columns[0].count == 0


async def test_the_whole_board_and_that_of_all_labs_are_the_same(laboratory: Laboratory) -> None:
    await _queue(laboratory, await laboratory.project())

    assert await _board(laboratory) == await _board(laboratory, [laboratory.lab_id])


@pytest.mark.parametrize("whole", [True, False])
async def test_the_board_of_one_priority_or_status(laboratory: Laboratory, whole: bool) -> None:
    before = (await _board(laboratory, priority="urgent")).columns[0].count
    await _queue(laboratory, await laboratory.project())
    held = await laboratory.register(priority="urgent")
    await laboratory.move(held, "on_hold", reason="Wait.")
    labs = None if whole else [laboratory.lab_id]

    urgent = (await _board(laboratory, labs, priority="urgent")).columns[0]
    on_hold = (await _board(laboratory, labs, status="on_hold")).columns[0]

    assert {card.priority for card in urgent.cards} == {"urgent"}
    assert urgent.count == before + 2 + 1
    assert {card.status for card in on_hold.cards} == {"on_hold"}
    assert on_hold.count >= 1
    assert on_hold.oldest_entered_at == on_hold.cards[0].stage_entered_at
    neither = (await _board(laboratory, labs, status="on_hold", priority="low")).columns[0]
    assert (neither.count, neither.cards, neither.oldest_entered_at) == (0, [], None)


async def test_stopped_samples_are_not_on_the_board(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register(priority="urgent")
    before = (await _board(laboratory)).columns[0].count

    await laboratory.move(sample_id, "on_hold", reason="Wait.")
    assert (await _board(laboratory)).columns[0].count == before
    await laboratory.move(sample_id, "cancelled", reason="Withdrawn.")

    expected = (await _board(laboratory)).columns[0]
    assert expected.count == before - 1
    assert sample_id not in [card.id for card in expected.cards]


async def test_a_stage_with_very_many_samples_says_at_least_how_many(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        await laboratory.register()
    monkeypatch.setattr(model, "COUNTED", 3)

    expected = (await _board(laboratory)).columns[0]

    assert (expected.count, expected.exact) == (3, False)


async def test_the_summary_counts_by_stage_and_status(laboratory: Laboratory) -> None:
    await laboratory.register()
    before = await _summary(laboratory)
    sample_id = await laboratory.register()
    await laboratory.move(sample_id, "cancelled", reason="Withdrawn.")

    after = await _summary(laboratory)

    def count(found: Summary, status: str) -> int:
        return sum(one.count for one in found.counts if (one.stage, one.status) == ("expected", status))

    assert after.total == before.total + 1 == sum(one.count for one in after.counts)
    assert count(after, "cancelled") == count(before, "cancelled") + 1
    assert await _summary(laboratory, [uuid7()]) == Summary(total=0, counts=[])
    assert await _summary(laboratory, [laboratory.lab_id]) == after


async def test_the_summary_of_very_many_samples_may_be_some_seconds_old(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    await laboratory.register()
    monkeypatch.setattr(store, "MANY", 1)
    labs = [laboratory.lab_id]
    before = await _summary(laboratory, labs)
    await laboratory.register()

    assert await _summary(laboratory, labs) == before
    store._summaries.clear()
    assert (await _summary(laboratory, labs)).total == before.total + 1


async def test_a_scanned_code_is_found_whatever_it_belongs_to(laboratory: Laboratory) -> None:
    sample_id = await laboratory.register(name="scanned", container_barcode="SCAN-1")
    code = (await laboratory.show(sample_id)).code
    wanted = {"kind": "sample", "id": str(sample_id), "code": code, "name": "scanned"}

    for said in (code, code.lower(), " SCAN-1 "):
        assert msgspec.json.decode(await store.look_up(laboratory.db, None, said)) == wanted
    for said, scope in (("SCAN-2", None), ("SCAN-1", [uuid7()]), (code, [])):
        with pytest.raises(errors.NotFound):
            await store.look_up(laboratory.db, scope, said)


def test_a_lab_narrows_the_scope_and_never_widens_it() -> None:
    own, other = uuid7(), uuid7()

    assert model.labs(None, None) is None
    assert model.labs([own], None) == [own]
    assert model.labs(None, other) == [other]
    assert model.labs([own], own) == [own]
    assert model.labs([own], other) == []
