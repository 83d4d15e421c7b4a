"""The gates from the flow cell to the archive: what must be so before a sample leaves each later stage."""

from collections.abc import Iterator

from nanopore_tracking.contracts.api.sample.records import NewBasecalling, NewDelivery, NewLoading, NewRun
from nanopore_tracking.contracts.api.sample.stages import Requirement
from nanopore_tracking.services.sample.bench_gates.model import kit_of, library_amount
from nanopore_tracking.services.sample.catalogue.model import FlowCell
from nanopore_tracking.services.sample.facts.model import Facts, limits, need, not_stopped


def sequencing_setup(facts: Facts) -> Iterator[Requirement]:
    """The loading is planned: a checked flow cell that fits the kit, names that MinKNOW takes, enough to load."""
    loading = facts.loading
    yield need(
        "loading",
        "loading",
        met=loading is not None,
        message="The loading is not planned yet." if loading is None else f"Planned on {loading.flow_cell_id}.",
        how="Record the loading: flow cell, pores, position, experiment, library id, amount.",
    )
    if loading is not None:
        yield from _flow_cell(facts, loading)
        yield need(
            "alias-unique",
            "loading",
            met=not facts.alias_taken,
            message=f"In the experiment {loading.experiment_id} "
            + (f"another sample is {facts.sample.alias} too." if facts.alias_taken else "no other has this alias."),
            how="Plan the sample in another experiment.",
        )
        yield from _amount(facts, loading)
    yield from not_stopped(facts)


def _flow_cell(facts: Facts, loading: NewLoading) -> Iterator[Requirement]:
    cells = {cell.code: cell for cell in facts.catalogue.flow_cells}
    cell: FlowCell | None = cells.get(loading.product_code)
    known = "is" if cell else "is not"
    yield need(
        "flow-cell-known",
        "loading",
        met=cell is not None,
        message=f"The flow cell {loading.product_code} {known} in the catalogue.",
        how="Record the loading with a known product code.",
    )
    if cell is None:
        return
    least = cell.warranty_pores or 0
    reason = loading.few_pores_reason.strip()
    enough = loading.pores_available >= least
    message = f"{loading.flow_cell_id} has {loading.pores_available:,} pores; a new {cell.code} has at least {least:,}."
    yield need(
        "pores",
        "loading",
        met=enough or bool(reason),
        message=message if enough or not reason else f"{message} It is used because: {reason}",
        how="Take another flow cell, or say in few_pores_reason why this one is used.",
    )
    kit = kit_of(facts.catalogue, facts.library.kit) if facts.library else None
    if kit is not None and kit.flow_cells:
        yield need(
            "kit-fits-flow-cell",
            "loading",
            met=cell.code in kit.flow_cells,
            message=f"{kit.code} runs on {', '.join(kit.flow_cells)}; planned is {cell.code}.",
            how="Plan the loading on a flow cell that the kit runs on.",
        )


def _amount(facts: Facts, loading: NewLoading) -> Iterator[Requirement]:
    """A library that is sequenced alone must hold what is to be loaded; a pool is made of many."""
    _, fmol, _ = library_amount(facts)
    if fmol is not None and facts.library is not None and not facts.library.pool:
        yield need(
            "enough-to-load",
            "loading",
            met=loading.planned_fmol <= fmol,
            message=f"{loading.planned_fmol:,.4g} fmol are planned; the library holds {fmol:,.4g} fmol.",
            how="Plan a smaller amount, or prepare more of the library.",
        )


def sequencing_run(facts: Facts) -> Iterator[Requirement]:
    """The run on the planned flow cell has ended, and it is known why."""
    run = facts.run
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
    planned = facts.loading.flow_cell_id if facts.loading else None
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
        barcode = facts.library.barcode if facts.library else None
        there = any(reads.barcode == barcode for reads in called.read_sets)
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
    """Return what is known of the sample's own reads, and the share of reads without a barcode in the whole run."""
    barcode = facts.library.barcode if facts.library else None
    own = next((reads for reads in called.read_sets if reads.barcode == barcode), None)
    total = sum(reads.reads for reads in called.read_sets)
    unclassified = [reads.reads for reads in called.read_sets if reads.barcode == "unclassified"]
    return {
        "unclassified_share": sum(unclassified) / total if unclassified and total else None,
        "reads": own.reads if own else None,
        "bases_pass_bp": own.bases_pass_bp if own else None,
        "n50_bp": own.n50_bp if own else None,
        "mean_q": own.mean_q if own else None,
    }


def data_delivery(facts: Facts) -> Iterator[Requirement]:
    """The data are where they belong, their sums were verified there, and a person released them."""
    delivery = facts.delivery
    yield need(
        "delivery",
        "delivery",
        met=delivery is not None,
        message="There is no delivery yet." if delivery is None else f"Delivered by {_words(delivery.method)}.",
        how="Record the delivery: method, manifest sum, verification, who released it.",
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
            how="Verify the sums of the manifest at the destination, and record the delivery with the time.",
        )
        yield need(
            "released",
            "delivery",
            met=bool(by),
            message=f"{by} released the data." if by else "Nobody has released the data.",
            how="Record the delivery with who released it.",
        )
    yield from not_stopped(facts)


def delivered(facts: Facts) -> Iterator[Requirement]:
    """The customer has the data or the link has ended, and it is set how long they are kept."""
    delivery = facts.delivery
    over = delivery is not None and _over(facts, delivery)
    yield need(
        "receipt",
        "delivery",
        met=over,
        message="The receipt is confirmed or the link has ended." if over else "The receipt is not confirmed.",
        how="Record the delivery with received_at, or wait for the end of the link.",
    )
    kept = delivery.retention_until if delivery else None
    yield need(
        "retention",
        "delivery",
        met=kept is not None,
        message=f"The data are kept until {kept.isoformat()}." if kept else "It is not set how long the data are kept.",
        how="Record the delivery with retention_until.",
    )


def _over(facts: Facts, delivery: NewDelivery) -> bool:
    ended = delivery.link_expires_at is not None and delivery.link_expires_at <= facts.now
    return delivery.received_at is not None or ended


def _words(code: str) -> str:
    return code.replace("_", " ")
