"""Deliveries: data on their way to a customer, with a manifest that is verified at the destination."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from nanopore_tracking.contracts.api.base import Answer, Asked, Prose

DeliveryState = Literal["prepared", "copying", "verified", "released", "received", "expired", "retracted"]
DeliveryMethod = Literal["research_storage", "web_link", "arranged", "other"]

_ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
SampleCode = Annotated[str, Meta(max_length=40, description="The code of a sample.")]
Destination = Annotated[str, Meta(max_length=500, pattern=_ONE_LINE, description="Where the data go.")]
LinkUrl = Annotated[
    str, Meta(max_length=2000, pattern=r"^(https://[^\s\x00-\x1f\x7f]+)?$", description="Where the customer gets them.")
]
Note = Annotated[Prose, Meta(description="Anything to know about it.")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the content.")]
Path = Annotated[
    str, Meta(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f\x7f]+$", description="Below the folder.")
]
GroupText = Annotated[str, Meta(max_length=200, pattern=_ONE_LINE, description="Empty where the header has none.")]
Size = Annotated[int, Meta(ge=0, le=2**60, description="The size.")]


class NewDelivery(Asked, frozen=True, kw_only=True):
    """Prepare a delivery of samples of one lab; redelivers: the one whose files go out once more."""

    samples: Annotated[list[SampleCode], Meta(min_length=1, max_length=500, description="Samples of one project.")]
    method: Annotated[DeliveryMethod, Meta(description="How the data are handed over.")]
    destination: Destination = ""
    link_url: LinkUrl = ""
    note: Note = ""


class DeliveryPatch(Asked, frozen=True, kw_only=True):
    """Change a delivery that is not released; what is left out stays."""

    method: DeliveryMethod | UnsetType = UNSET
    destination: Destination | UnsetType = UNSET
    link_url: LinkUrl | UnsetType = UNSET
    note: Note | UnsetType = UNSET
    retention_until: Annotated[date | None, Meta(description="How long the data are kept.")] | UnsetType = UNSET


class ManifestFile(Asked, frozen=True, kw_only=True):
    """One file: its path below the folder with /, its size where it is known, its sum, and whose data it is.

    by_name: whose data it is is found by its alias and its path; what names no sample waits until somebody says it.
    """

    path: Path
    sha256: Sha256
    size_bytes: Size | None = None
    by_name: bool = False
    alias: Annotated[str, Meta(max_length=200, description="What MinKNOW calls the sample, with by_name.")] = ""
    sample: Annotated[SampleCode | None, Meta(description="The sample it belongs to; null for all.")] = None


class NewManifest(Asked, frozen=True, kw_only=True):
    """The files of a delivery, all of them: as a list, as MinKNOW writes them, or as sha256sum does."""

    files: Annotated[list[ManifestFile], Meta(max_length=50_000, description="The files.")] = []
    output_hash: Annotated[
        str, Meta(max_length=20_000_000, description="The content of output_hash_*.csv; files it has no sum of, above.")
    ] = ""
    sha256sum: Annotated[
        str,
        Meta(max_length=20_000_000, description="The content of a file of sha256sum: a sum and a path in each line."),
    ] = ""


class NewAssignment(Asked, frozen=True, kw_only=True):
    """Say whose data files are that belong to no sample yet, or of which it was said wrongly.

    paths: these files; else folder: what lies in it and has no sample yet, blank for the top; neither: all that have
    none yet. sample: null where they go to all.
    """

    paths: Annotated[list[Path], Meta(max_length=10_000)] = []
    folder: Annotated[str, Meta(max_length=1000, description="With / at its end.")] | None = None
    sample: SampleCode | None = None


class FoundGroup(Asked, frozen=True, kw_only=True):
    """A read group of a BAM file: of which run, flow cell and sample it says that its reads are."""

    run_id: GroupText = ""
    flow_cell_id: GroupText = ""
    barcode: GroupText = ""
    alias: GroupText = ""


class FoundFile(Asked, frozen=True, kw_only=True):
    """One file as it lies at the destination. header_fault: why the header of a BAM file cannot be read."""

    path: Path
    sha256: Sha256
    size_bytes: Size
    read_groups: Annotated[list[FoundGroup], Meta(max_length=1000, description="Of a BAM file.")] = []
    header_fault: Annotated[str, Meta(max_length=300, pattern=_ONE_LINE)] = ""


class NewVerification(Asked, frozen=True, kw_only=True):
    """What was found at the destination; the service compares it with the manifest."""

    place: Annotated[str, Meta(min_length=1, max_length=500, pattern=_ONE_LINE, description="Where was looked.")]
    files: Annotated[list[FoundFile], Meta(max_length=50_000, description="All files that lie there.")]


class NewDeliveryState(Asked, frozen=True, kw_only=True):
    """Move a delivery. link_days: with `released`, how long the link is accepted; reason: with `retracted`."""

    to: DeliveryState
    reason: Annotated[str, Meta(max_length=1000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")] = ""
    link_days: Annotated[int, Meta(ge=1, le=366, description="Days until the link ends.")] = 30


class DeliverySample(Answer, frozen=True, kw_only=True):
    """A sample of a delivery and where it stands."""

    code: str
    name: str
    stage: str


class Missing(Answer, frozen=True, kw_only=True):
    """What stands in the way of a state."""

    code: str
    message: str


class Left(Answer, frozen=True, kw_only=True):
    """A sample that was not delivered with the others, and why."""

    code: str
    message: str


class Handover(Answer, frozen=True, kw_only=True):
    """The steps from the frozen manifest to the customer who knows. step: where it stands, since when.

    done: the steps that were done, in their order, of freeze, arrive, decide, release, deliver and tell; error: of the
    last attempt that failed; cause: why it is undone; mailed: whether there was an address to write to, null before;
    left: samples that stay where they are.
    """

    saga_id: UUID
    state: Literal["running", "waiting", "compensating", "completed", "compensated", "stuck"]
    step: str
    since: datetime
    error: str
    cause: str
    done: list[str]
    mailed: bool | None = None
    left: list[Left]


class DeliveryListed(Answer, frozen=True, kw_only=True):
    """A delivery as lists show it."""

    id: UUID
    code: str
    state: DeliveryState
    lab_id: UUID
    lab_name: str
    project_id: UUID
    project_code: str
    submission_code: str | None
    method: DeliveryMethod
    destination: str
    sample_count: int
    file_count: int
    size_bytes: int
    verified_at: datetime | None
    released_at: datetime | None
    link_expires_at: datetime | None
    received_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


class FolderOfNobody(Answer, frozen=True, kw_only=True):
    """Files of one folder that belong to no sample yet; example: the path of the first one."""

    folder: str
    file_count: int
    example: str


class Delivery(DeliveryListed, frozen=True, kw_only=True):
    """One delivery. manifest_sha256: of the sorted list of files; differences: of the last verification, if any.

    handover: how far it is; null before the files are copied and long after they were handed over. unassigned: files
    of which nobody said yet whose data they are, by their folders, the first 50 of them; until then nothing is copied.
    """

    link_url: str
    note: str
    manifest_sha256: str | None
    verified_sha256: str | None
    released_by: str | None
    received_by: str | None
    retention_until: date | None
    redelivers_code: str | None
    state_reason: str
    created_by: str
    samples: list[DeliverySample]
    unassigned_count: int = 0
    unassigned: list[FolderOfNobody] = []
    handover: Handover | None = None


class DeliveryFile(Answer, frozen=True, kw_only=True):
    """One file of the manifest; size_bytes: None where only its sum is known.

    sample_code: null where it goes to all; unassigned: nobody said yet whose data it is.
    """

    id: UUID
    path: str
    size_bytes: int | None
    sha256: str
    sample_code: str | None
    unassigned: bool = False


class Difference(Answer, frozen=True, kw_only=True, omit_defaults=True):
    """What is not as the manifest says: `missing`, `changed`, `size`, or `unexpected`.

    `read_group`: the header of a BAM file says another run, flow cell or sample than is known here; `header`: it cannot
    be read. message: what it says; blank for the others.
    """

    path: str
    what: Literal["missing", "changed", "size", "unexpected", "read_group", "header"]
    message: str = ""


class Verification(Answer, frozen=True, kw_only=True):
    """What was found at the destination; whole: exactly what the manifest says. differences: the first hundred."""

    id: UUID
    manifest_sha256: str
    place: str
    file_count: int
    whole: bool
    differences: list[Difference]
    difference_count: int
    verified_by: str
    verified_at: datetime
