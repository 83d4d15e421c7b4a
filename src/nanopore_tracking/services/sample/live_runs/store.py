"""What is read for a live run: its acquisitions, their curve, its barcodes, what its samples need."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from nanopore_tracking.contracts.api.sample.live import LivePoint, LiveProjection, LiveRun
from nanopore_tracking.kernel import errors, sql
from nanopore_tracking.kernel.postgres import Reads, Record
from nanopore_tracking.services.sample.catalogue import store as catalogue_store
from nanopore_tracking.services.sample.live_runs import model
from nanopore_tracking.services.sample.live_runs.model import Needs
from nanopore_tracking.services.sample.live_spans import model as joined
from nanopore_tracking.services.sample.live_spans.model import Curve
from nanopore_tracking.services.sample.live_totals import store as total_store
from nanopore_tracking.services.sample.projections import model as projections
from nanopore_tracking.services.sample.reports.model import aim
from nanopore_tracking.services.sample.runs.model import Run
from nanopore_tracking.services.sample.yields import model as yields

Q = sql.load(Path(__file__).with_name("queries.sql"))

_TEXTS = ("host", "position", "core_version", "acquisition_run_id", "phase", "model", "together")
_NONE = ("started_at", "ended_at", "data_at", "minute", "n50_bases")
_ZERO = ("reads", "bases", "pass_reads", "pass_bases")
_LISTS = ("gaps", "points", "lengths", "qualities", "barcodes", "events", "acquisitions")
#: What is said of a run that no instrument has told of.
_UNSAID: dict[str, Any] = {
    "counts": False,
    **dict.fromkeys(("since", "rate_bases_per_h", "pores", "target_bases", "projection")),
}
MISSING = "There is no such acquisition of the run, or its instrument has not told of it."
#: The acquisition of a run that began last.
LAST = "last"


async def gaps(db: Reads, live_id: UUID) -> list[tuple[int, int]]:
    """Return the last minute before and the first one after each break."""
    rows = await db.rows(Q.gaps, live_id=live_id, longest=joined.LONGEST_PAUSE)
    return [(row["before"], row["minute"]) for row in rows]


async def curve(db: Reads, rows: Sequence[Record]) -> Curve:
    """Return the curve of some acquisitions, one after the other. rows: of them, in the order in which they began."""
    begins = joined.begins(rows)
    step = model.step(begins[-1] + (rows[-1]["minute"] or 0))
    parts, breaks = [], []
    for row in rows:
        parts.append([LivePoint(**point) for point in await db.rows(Q.points, live_id=row["id"], step=step)])
        breaks.append(await gaps(db, row["id"]))
    return joined.curve(rows, begins, points=parts, gaps=breaks)


async def needs(db: Reads, run: Run, rows: Sequence[Record], *, own: Sequence[Record]) -> dict[UUID, Needs]:
    """Return what each sample needs of acquisitions of a run: what was asked for, and what all else has given.

    rows: the acquisitions, own: their barcodes.
    """
    ids = sorted({each["sample_id"] for each in own if each["sample_id"]})
    targets = await db.rows(Q.targets, sample_ids=ids)
    asked = {"sample_ids": ids, "acquisition_ids": [row["acquisition_id"] for row in rows]}
    given = {each["sample_id"]: each for each in await db.rows(Q.given_elsewhere, **asked)}
    counting = await db.rows(Q.barcodes, live_ids=[row["id"] for row in rows if row["counts"]])
    live = model.others(await total_store.of_samples(db, ids), run.id, counting)
    found = {}
    for each in targets:
        mine, more = given.get(each["id"]), [other for other in live if other.sample_id == each["id"]]
        found[each["id"]] = Needs(
            aim=aim(each["target"], each["genome_size"]),
            runs=sorted({*(mine["runs"] if mine else ()), *(other.run for other in more)}),
            reads=(mine["reads"] if mine else 0) + sum(other.reads for other in more),
            pass_bases=(mine["pass_bases"] if mine else 0) + sum(other.pass_bases for other in more),
        )
    return found


async def show(db: Reads, run: Run, *, at: datetime, quiet_s: float, which: str = "") -> LiveRun:
    """Return how a run stands by what its instrument tells. at: now; quiet_s: see LIVE_QUIET_S.

    which: MinKNOW's id of one of its acquisitions, or LAST; without it, all of them together.
    """
    known = await db.rows(Q.of_run, run_id=run.id)
    rows = known[-1:] if which == LAST else [row for row in known if which in ("", row["acquisition_run_id"])]
    if known and not rows:
        raise errors.NotFound(MISSING)
    if not rows:
        return _nothing(run)
    whole = joined.whole(rows)
    found = await curve(db, rows)
    state, since, sentence = joined.stands(rows[-1], at=at, quiet_s=quiet_s)
    barcodes = await db.rows(Q.barcodes, live_ids=[row["id"] for row in rows])
    needed = await needs(db, run, rows, own=barcodes)
    counted = [needed[each] for each in {row["sample_id"] for row in barcodes if model.counts(row)} if each in needed]
    target = model.target(counted)
    ahead = None if state == "ended" else await _ahead(db, run, found, began=whole["started_at"], target=target)
    thresholds = (await catalogue_store.current(db, at.date())).thresholds
    end = whole["pass_bases"] if state == "ended" else ahead.at_end_bases if ahead else None
    grows = model.grows(whole["pass_bases"], end)
    ended = whole["minute"] or 0 if state == "ended" else None
    return LiveRun(
        run=run.code,
        state=state,
        sentence=sentence,
        since=since,
        run_minutes=run.run_minutes,
        rate_bases_per_h=model.rate(found.hours),
        pores=found.scans[-1]["pores"] if found.scans else None,
        target_bases=target,
        gaps=found.gaps,
        points=found.points,
        barcodes=model.barcodes(barcodes, needed, run=run.code, grows=grows, low=yields.low(thresholds)),
        events=model.happened(found.scans, found.gaps, found.hours, began=found.begins[1:], ended=ended),
        projection=ahead,
        acquisitions=joined.told(known, at=at, quiet_s=quiet_s),
        **whole,
    )


async def _ahead(
    db: Reads, run: Run, found: Curve, *, began: datetime | None, target: int | None
) -> LiveProjection | None:
    """Return where a run goes that goes on; fitted since it was loaded or started last."""
    since_h = max(await _loaded_after_h(db, run, began), found.begins[-1] / 60)
    leads = projections.projection(found.hours, since_h=since_h)
    return model.projected(leads, run_minutes=run.run_minutes, target=target)


def _nothing(run: Run) -> LiveRun:
    empty: dict[str, Any] = dict.fromkeys(_TEXTS, "") | dict.fromkeys(_NONE) | dict.fromkeys(_ZERO, 0)
    lists: dict[str, Any] = {name: [] for name in _LISTS}
    return LiveRun(
        run=run.code, state="none", sentence=model.nothing(), run_minutes=run.run_minutes, **(empty | lists | _UNSAID)
    )


async def _loaded_after_h(db: Reads, run: Run, started_at: datetime | None) -> float:
    """Return the hours after its start at which a run was loaded again, as it was recorded; 0 where it was not."""
    loaded_at = await db.value(Q.loaded_at, run_id=run.id)
    if loaded_at is None or started_at is None:
        return 0.0
    hours: float = (loaded_at - started_at).total_seconds() / 3600
    return max(0.0, hours)
