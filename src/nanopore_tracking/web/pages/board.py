"""The board: where work piles up, one column for each stage of work."""

from typing import get_args

from nanopore_tracking.contracts.api.sample.samples import OpenStatus
from nanopore_tracking.web import words
from nanopore_tracking.web.address import Address
from nanopore_tracking.web.clients.bench import Bench
from nanopore_tracking.web.visit import Shown, Visit, page

FILTERS = ("status", "priority", "lab_id", "project_id", "assignee")


@page("/board", needs="samples.move")
async def board(visit: Visit) -> Shown:
    """Show the open samples by stage; what has not come yet and what was received wait above the columns of work."""
    address = Address.of(visit.request, FILTERS)
    found = await visit.api(Bench).board(**address.query(*FILTERS))
    waiting = [column for column in found.columns if column.stage not in words.WORKING]
    return visit.page(
        "pages/board.html",
        title="Board",
        topics="sample",
        address=address,
        listed=Address(path="/samples", values=address.query("status", "priority", "lab_id", "project_id")),
        waiting=waiting,
        columns=[column for column in found.columns if column.stage in words.WORKING],
        statuses=[(code, words.words(code)) for code in get_args(OpenStatus)],
        priorities=[(code, words.words(code)) for code in words.PRIORITIES],
    )


ROUTES = [board]
