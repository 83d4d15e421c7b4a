"""The gates from the flow cell to the archive: what must be so before a sample leaves each later stage."""

from collections.abc import Iterator, Sequence

from nanopore_tracking.contracts.api.sample.records import NewBasecalling, NewRun
from nanopore_tracking.contracts.api.sample.stages import Requirement
from nanopore_tracking.counting import counted
from nanopore_tracking.services.sample.bench_gates.model import kit_of, library_amount
from nanopore_tracking.services.sample.catalogue.model import FlowCell
from nanopore_tracking.services.sample.facts.model import Facts, limits, need, not_stopped
from nanopore_tracking.services.sample.records.model import Handover, LoadingBefore
from nanopore_tracking.services.sample.runs.model import RunOfSample

#: What a hand-over that was recorded before there were deliveries cannot say any more.
_PREPARE = "Prepare a delivery of the data; the one that was recorded by hand cannot say it any more."


def sequencing_setup(facts: Facts) -> Iterator[Requirement]:
    """A run of the sample's library or of its pool is planned, or has begun, and the work can be charged.

    What was recorded of a loading before runs were planned counts as long as no run is.
    """
    if facts.planned is not None:
        yield from _planned(facts, facts.planned)
    elif facts.loading is not None:
        yield from _loaded_before(facts, facts.loading)
    else:
        yield need(
            "run-planned",
            "planned_run",
            met=False,
            message="No run of the sample's library or of its pool is planned yet.",
            how="Plan a run: the pool or library, flow cell, position and how much is loaded.",
        )
    yield from _charge(facts)
    yield from not_stopped(facts)


def _planned(facts: Facts, run: RunOfSample) -> Iterator[Requirement]:
    """What a planned run still needs; one that ran meanwhile counts if it did what it should since work came here."""
    state = run.state.replace("_", " ")
    yield need(
        "run-planned",
        "planned_run",
        met=not run.ended or run.sequenced_since(facts.sample.stage_entered_at),
        message=f"The run {run.code} on {run.flow_cell or 'an ordered flow cell'} is {state}.",
        how="Plan another run.",
    )
    for want in run.wants:
        yield need(want.code, "planned_run", met=want.met, message=want.message, how=f"{want.how} See {run.code}.")


def _loaded_before(facts: Facts, loading: LoadingBefore) -> Iterator[Requirement]:
    yield from _flow_cell(facts, loading)
    yield need(
        "alias-unique",
        "planned_run",
        met=not facts.alias_taken,
        message=f"In the experiment {loading.experiment_id} "
        + (f"another sample is {facts.sample.alias} too." if facts.alias_taken else "no other has this alias."),
        how="Plan a run.",
    )
    yield from _amount(facts, loading)


def _charge(facts: Facts) -> Iterator[Requirement]:
    if facts.charge_fault is not None:
        yield need(
            "charge-code",
            "charge",
            met=not facts.charge_fault,
            message=facts.charge_fault or "The charge code is valid.",
            how="Let the project's work go to a valid charge code of its lab.",
        )


def _flow_cell(facts: Facts, loading: LoadingBefore) -> Iterator[Requirement]:
    cells = {cell.code: cell for cell in facts.catalogue.flow_cells}
    cell: FlowCell | None = cells.get(loading.product_code)
    known = "is" if cell else "is not"
    yield need(
        "flow-cell-known",
        "planned_run",
        met=cell is not None,
        message=f"The flow cell {loading.product_code} {known} in the catalogue.",
        how="Plan a run.",
    )
    if cell is None:
        return
    least = cell.warranty_pores or 0
    reason = loading.few_pores_reason.strip()
    enough = loading.pores_available >= least
    pores = counted(loading.pores_available, "pore")
    message = f"{loading.flow_cell_id} has {pores}; a new {cell.code} has at least {least:,}."
    yield need(
        "pores",
        "planned_run",
        met=enough or bool(reason),
        message=message if enough or not reason else f"{message} It is used because: {reason}",
        how="Plan a run.",
    )
    kit = kit_of(facts.catalogue, facts.library.kit) if facts.library else None
    if kit is not None and kit.flow_cells:
        yield need(
            "kit-fits-flow-cell",
            "planned_run",
            met=cell.code in kit.flow_cells,
            message=f"{kit.code} runs on {', '.join(kit.flow_cells)}; planned is {cell.code}.",
            how="Plan a run.",
        )


def _amount(facts: Facts, loading: LoadingBefore) -> Iterator[Requirement]:
    """A library that is sequenced alone holds what was to be loaded; a pool is made of many."""
    _, fmol, _ = library_amount(facts)
    if fmol is not None and facts.library is not None and not facts.library.pool:
        yield need(
            "enough-to-load",
            "planned_run",
            met=loading.planned_fmol <= fmol,
            message=f"{loading.planned_fmol:,.4g} fmol are planned; the library holds {fmol:,.4g} fmol.",
            how="Plan a run.",
        )


def sequencing_run(facts: Facts) -> Iterator[Requirement]:
    """The run on the planned flow cell has ended, and it is known why."""
    run = facts.run
    if run is None and facts.planned is not None:
        yield from _planned_ended(facts.planned)
        yield from not_stopped(facts)
        return
    yield need(
        "run",
        "run",
        met=run is not None,
        message="There is no run yet." if run is None else f"The run {run.protocol_run_id} was recorded.",
        how="Record the run: protocol run id, flow cell, start, end and end reason.",
    )
    if run is not None:
        yield from _run(facts, run)
    yield from not_stopped(facts)


def _planned_ended(run: RunOfSample) -> Iterator[Requirement]:
    over = f"The run {run.code} has ended: {run.end_reason or run.state}."
    yield need(
        "run-ended",
        "planned_run",
        met=run.ended,
        message=over if run.ended else f"The run {run.code} is {run.state.replace('_', ' ')}.",
        how=f"Say on {run.code} how the run ended.",
    )


def _run(facts: Facts, run: NewRun) -> Iterator[Requirement]:
    ended = run.ended_at is not None and bool(run.end_reason.strip())
    yield need(
        "run-ended",
        "run",
        met=ended,
        message=f"The run has ended: {run.end_reason.strip()}."
        if ended
        else "End or end reason of the run is missing.",
        how="Record the run again with its end and end reason.",
    )
    planned = facts.planned.flow_cell if facts.planned else facts.loading.flow_cell_id if facts.loading else None
    yield need(
        "run-on-planned-flow-cell",
        "run",
        met=run.flow_cell_id == planned,
        message=f"The run was on {run.flow_cell_id}; planned was {planned or 'none'}.",
        how="Record the run of the planned flow cell, or go back to set-up and plan the flow cell that was used.",
    )


def basecalling(facts: Facts) -> Iterator[Requirement]:
    """The model is known, and there are reads of the sample's barcode."""
    called = facts.basecalling
    yield need(
        "basecalling",
        "basecalling",
        met=called is not None,
        message="It is not basecalled yet." if called is None else f"It was basecalled with {called.model}.",
        how="Record the basecalling: model and read sets.",
    )
    if called is not None:
        barcodes = _barcodes(facts)
        barcode = ", ".join(name for name in barcodes if name)
        there = any(reads.barcode in barcodes for reads in called.read_sets)
        yield need(
            "reads-of-the-sample",
            "basecalling",
            met=there,
            message=f"There is {'a' if there else 'no'} read set of {barcode or 'the library without a barcode'}.",
            how="Record the basecalling with the read set of the sample's barcode.",
        )
    yield from not_stopped(facts)


def quality_assessment(facts: Facts) -> Iterator[Requirement]:
    """A person looked at the data and decided that they are good, or that they are accepted as they are."""
    decision = facts.decision
    passed = decision is not None and decision.verdict in ("pass", "accept_as_is")
    yield need(
        "decision",
        "decision",
        met=passed,
        message=f"A person decided {decision.verdict.replace('_', ' ')}." if decision else "Nobody has decided yet.",
        how="Record the decision pass, or accept_as_is with the reason.",
    )
    if facts.basecalling is not None:
        values = _data(facts, facts.basecalling)
        yield from limits(facts, "quality_assessment", values, fragment_bp=values.get("n50_bp"))


def _data(facts: Facts, called: NewBasecalling) -> dict[str, float | None]:
    """Return what is known of the sample's own reads, and the shares of reads without a barcode and of a blank."""
    own = [reads for reads in called.read_sets if reads.barcode in _barcodes(facts)]
    largest = max(own, key=lambda reads: reads.bases_pass_bp, default=None)
    total = called.all_reads or sum(reads.reads for reads in called.read_sets)
    unclassified = [reads.reads for reads in called.read_sets if reads.barcode == "unclassified"]
    return {
        "unclassified_share": sum(unclassified) / total if unclassified and total else None,
        "blank_share": sum(reads.reads for reads in own) / total if total and not facts.sample.has_material else None,
        "reads": sum(reads.reads for reads in own) if own else None,
        "bases_pass_bp": sum(reads.bases_pass_bp for reads in own) if own else None,
        "n50_bp": largest.n50_bp if largest else None,
        "mean_q": largest.mean_q if largest else None,
    }


def _barcodes(facts: Facts) -> Sequence[str | None]:
    """Return the barcodes of the sample in its library; one that is none where it has none."""
    return (facts.library.barcodes if facts.library else ()) or (None,)


def data_delivery(facts: Facts) -> Iterator[Requirement]:
    """The data are where they belong, their sums were verified there, and a person released them."""
    delivery = facts.delivery
    yield need(
        "delivery",
        "delivery",
        met=delivery is not None,
        message="There is no delivery yet."
        if delivery is None
        else f"Delivered by {_words(delivery.method)} {delivery.code}".rstrip() + ".",
        how="Prepare a delivery with the sample, and say which files go out.",
    )
    if delivery is not None:
        verified, by = delivery.verified_at, delivery.released_by.strip()
        yield need(
            "verified",
            "delivery",
            met=verified is not None,
            message=f"The sums were verified at {verified:%Y-%m-%d %H:%M %Z}."
            if verified
            else "Sums not verified yet.",
            how="Verify the files of the delivery at the destination.",
        )
        yield need(
            "released",
            "delivery",
            met=bool(by),
            message=f"{by} released the data." if by else "Nobody has released the data.",
            how="Release the delivery.",
        )
    yield from _charge(facts)
    yield from not_stopped(facts)


def delivered(facts: Facts) -> Iterator[Requirement]:
    """The customer has the data or the link has ended, and it is set how long they are kept."""
    delivery = facts.delivery
    over = delivery is not None and _over(facts, delivery)
    named = delivery is None or bool(delivery.code)
    yield need(
        "receipt",
        "delivery",
        met=over,
        message="The receipt is confirmed or the link has ended." if over else "The receipt is not confirmed.",
        how="Confirm the receipt of the delivery, or wait for the end of its link." if named else _PREPARE,
    )
    kept = delivery.retention_until if delivery else None
    yield need(
        "retention",
        "delivery",
        met=kept is not None,
        message=f"The data are kept until {kept.isoformat()}." if kept else "It is not set how long the data are kept.",
        how="Say in the delivery until when the data are kept." if named else _PREPARE,
    )


def _over(facts: Facts, delivery: Handover) -> bool:
    ended = delivery.link_expires_at is not None and delivery.link_expires_at <= facts.now
    return delivery.received_at is not None or ended


def _words(code: str) -> str:
    return code.replace("_", " ")
