"""Stage records: what was done to a sample at each stage, typed by kind; a later one stands before an earlier one."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked
from nanopore_tracking.contracts.api.sample.samples import Stage

RecordKind = Literal["library", "loading", "run", "basecalling", "decision", "delivery"]
#: `pass` and `accept_as_is` let a sample go on after quality assessment; `conditional` goes on outside the limits of
#: sample QC and library QC; `fail` and `top_up` stop it.
Verdict = Literal["pass", "conditional", "accept_as_is", "top_up", "fail"]
DeliveryMethod = Literal["research_storage", "web_link", "arranged", "other"]

_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
_LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
#: What MinKNOW and Dorado take as a name.
_SAFE = r"^[A-Za-z0-9_-]{1,40}$"

Filled = Annotated[str, Meta(min_length=1, max_length=100, pattern=_ONE_LINE)]
Loose = Annotated[str, Meta(max_length=100, pattern=_ONE_LINE)]
Lines = Annotated[str, Meta(max_length=1000, pattern=_LINES)]
ProductCode = Annotated[str, Meta(max_length=40, pattern=r"^[A-Z0-9]+(-[A-Z0-9]+)+$")]

#: A time with its zone.
Moment = Annotated[datetime, Meta(tz=True)]


class NewLibrary(Asked, frozen=True, kw_only=True, tag_field="kind", tag="library"):
    """A library was prepared of the sample; at the stage library_prep."""

    kit: Annotated[Filled, Meta(description="The library kit, like SQK-NBD114-24.")]
    kit_lot: Annotated[Filled, Meta(description="The lot of the kit.")]
    lot_expires_on: Annotated[date, Meta(description="The last day on which the lot may be used.")]
    barcode: (
        Annotated[str, Meta(pattern=r"^barcode[0-9]{2,3}$", description="The barcode, where the kit has barcodes.")]
        | None
    ) = None
    pool: Annotated[
        str, Meta(pattern=r"^[A-Za-z0-9_-]{0,40}$", description="The planned pool; blank: it is sequenced alone.")
    ] = ""
    input_ng: Annotated[float, Meta(gt=0, le=1_000_000, description="The mass that went in.")]
    protocol_version: Annotated[Filled, Meta(description="The protocol and its version.")]
    operator: Annotated[Loose, Meta(description="Who prepared it; blank: whoever sends this.")] = ""
    note: Annotated[Lines, Meta(description="Deviations, or anything else to know.")] = ""


class NewLoading(Asked, frozen=True, kw_only=True, tag_field="kind", tag="loading"):
    """A library or pool is planned on a flow cell; at the stage sequencing_setup.

    library_id: what is loaded, which MinKNOW calls sample_id; experiment_id: MinKNOW's protocol group.
    """

    flow_cell_id: Annotated[str, Meta(pattern=r"^[A-Z]{3}[0-9]{3,6}$", description="As printed on it, like FAX12345.")]
    product_code: Annotated[ProductCode, Meta(description="The kind of flow cell, like FLO-MIN114.")]
    pores_available: Annotated[int, Meta(ge=0, le=100_000, description="By the flow cell check.")]
    few_pores_reason: Annotated[Lines, Meta(description="Why it is used with fewer pores than the warranty says.")] = ""
    position: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,40}$", description="Of the instrument, like X1 or 2B.")]
    experiment_id: Annotated[str, Meta(pattern=_SAFE, description="The experiment as MinKNOW will know it.")]
    library_id: Annotated[str, Meta(pattern=_SAFE, description="What is loaded, as MinKNOW will know it.")]
    planned_fmol: Annotated[float, Meta(gt=0, le=100_000, description="The amount to load.")]
    note: Annotated[Lines, Meta(description="Anything to know about it.")] = ""


class NewRun(Asked, frozen=True, kw_only=True, tag_field="kind", tag="run"):
    """A sequencing run was done; at the stage sequencing_run."""

    protocol_run_id: Annotated[UUID, Meta(description="MinKNOW's protocol run id.")]
    flow_cell_id: Annotated[str, Meta(pattern=r"^[A-Z]{3}[0-9]{3,6}$", description="The flow cell that it ran on.")]
    started_at: Annotated[Moment, Meta(description="When it started.")]
    ended_at: Annotated[Moment | None, Meta(description="When it ended; left out while it runs.")] = None
    end_reason: Annotated[Loose, Meta(description="Why it ended, in MinKNOW's words.")] = ""
    note: Annotated[Lines, Meta(description="Anything to know about it.")] = ""


class ReadSet(Asked, frozen=True, kw_only=True):
    """The reads of one barcode; barcode: None where the library has none, `unclassified` for the rest of a run.

    n50_bp: of the passed reads; mean_q: mean Q-score of the passed reads, by the mean error probability.
    """

    barcode: (
        Annotated[str, Meta(pattern=r"^(barcode[0-9]{2,3}|unclassified)$", description="Which barcode.")] | None
    ) = None
    reads: Annotated[int, Meta(ge=0, le=10**12, description="How many reads, passed and failed.")]
    bases_pass_bp: Annotated[int, Meta(ge=0, le=10**15, description="Bases of the passed reads.")]
    n50_bp: Annotated[float, Meta(ge=0, le=10**8, description="N50 of the passed reads.")]
    mean_q: Annotated[float, Meta(ge=0, le=60, description="Mean Q-score of the passed reads.")]


class NewBasecalling(Asked, frozen=True, kw_only=True, tag_field="kind", tag="basecalling"):
    """A run was basecalled; at the stage basecalling. Basecalling again is a record of its own."""

    model: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            pattern=r"^[A-Za-z0-9_.@+-]+$",
            description="The model with its version, like dna_r10.4.1_e8.2_400bps_sup@v5.2.0.",
        ),
    ]
    min_q: Annotated[float, Meta(ge=0, le=60, description="The Q-score from which a read passes.")] | None = None
    read_sets: Annotated[list[ReadSet], Meta(min_length=1, max_length=400, description="The reads of each barcode.")]
    note: Annotated[Lines, Meta(description="Anything to know about it.")] = ""


class NewDecision(Asked, frozen=True, kw_only=True, tag_field="kind", tag="decision"):
    """A person decided about the sample at its present stage. Every verdict but `pass` needs a reason."""

    verdict: Annotated[Verdict, Meta(description="What was decided.")]
    reason: Annotated[Lines, Meta(description="Why, and who agreed.")] = ""
    second_person: Annotated[Loose, Meta(description="Who agreed.")] = ""


class NewDelivery(Asked, frozen=True, kw_only=True, tag_field="kind", tag="delivery"):
    """The data were handed over; at the stages data_delivery and delivered.

    manifest_sha256: of the list of files with their sums; verified_at: when the sums were found right at the
    destination; received_at, link_expires_at and retention_until are needed to archive the sample.
    """

    method: Annotated[DeliveryMethod, Meta(description="How.")]
    destination: Annotated[str, Meta(max_length=500, pattern=_ONE_LINE, description="Where to.")] = ""
    manifest_sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the manifest of files.")]
    verified_at: Annotated[Moment | None, Meta(description="When the sums were verified there.")] = None
    released_by: Annotated[Loose, Meta(description="Who released the data; blank: not released yet.")] = ""
    received_at: Annotated[Moment | None, Meta(description="When the customer confirmed receipt.")] = None
    link_expires_at: Annotated[Moment | None, Meta(description="When the link ends.")] = None
    retention_until: Annotated[date | None, Meta(description="How long the data are kept.")] = None
    note: Annotated[Lines, Meta(description="Anything to know about it.")] = ""


NewRecord = NewLibrary | NewLoading | NewRun | NewBasecalling | NewDecision | NewDelivery


class Record(Answer, frozen=True, kw_only=True):
    """One record.

    stage: the stage that it was made at; code: of a library, like S26-000123-L1, else blank; details: the fields of
    its kind as they were recorded; current: it counts, false after a later one of its kind or after work went back to
    its stage or before.
    """

    id: UUID
    sample_id: UUID
    kind: RecordKind
    stage: Stage
    code: str
    details: dict[str, Any]
    current: bool
    recorded_by: str
    recorded_at: datetime
