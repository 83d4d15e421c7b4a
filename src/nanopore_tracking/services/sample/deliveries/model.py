"""The one table of states and gates of a delivery, its manifest, and what a look at the destination means."""

import csv
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NoReturn
from uuid import UUID

from nanopore_tracking.contracts.api.sample.deliveries import (
    DeliveryState,
    Difference,
    ManifestFile,
    Missing,
    NewManifest,
)
from nanopore_tracking.counting import counted
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.events import Actor, Subject
from nanopore_tracking.services.sample.sums import model as sums

JOB = "expire-deliveries"
#: Stages at which data of a sample go out; those of an archived one go out again.
STAGES = ("data_delivery", "delivered", "archived")
#: Differences that are told; all are counted.
MOST_TOLD = 100
CHANGEABLE = ("method", "destination", "link_url", "note", "retention_until")

_SHA256 = re.compile(r"[0-9a-f]{64}")
_OUTSIDE = re.compile(r"(^/|^[A-Za-z]:|(^|/)\.\.(/|$)|[\x00-\x1f\x7f])")


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A delivery as it is stored; samples: their codes and stages; unassigned: files that belong to no sample yet."""

    id: UUID
    code: str
    lab_id: UUID
    project_id: UUID
    submission_id: UUID | None
    state: DeliveryState
    method: str
    destination: str
    link_url: str
    note: str
    file_count: int
    size_bytes: int
    manifest_sha256: str | None
    verified_sha256: str | None
    verified_at: datetime | None
    released_by: str | None
    released_at: datetime | None
    link_expires_at: datetime | None
    retention_until: date | None
    received_by: str | None
    received_at: datetime | None
    version: int
    samples: Mapping[str, str]
    unassigned: int = 0


@dataclass(frozen=True, kw_only=True)
class File:
    """One file of a manifest; sample: the code of whose data it is, None for all, or where it is unassigned."""

    path: str
    sha256: str
    size_bytes: int | None
    sample: str | None
    unassigned: bool = False


@dataclass(frozen=True, kw_only=True)
class Ask:
    """Who wants a delivery moved, and what they said."""

    actor: Actor
    at: datetime
    reason: str


Gate = Callable[[Delivery, Ask], Iterator[Missing]]


def _manifest(delivery: Delivery, _ask: Ask) -> Iterator[Missing]:
    if delivery.manifest_sha256 is None:
        yield Missing(code="manifest", message="There is no manifest: the files with their sums.")
    if delivery.unassigned:
        said = counted(delivery.unassigned, "file belongs to no sample", "files belong to no sample")
        message = f"{said} of the delivery: say whose data they are, or that they go to all."
        yield Missing(code="files-unassigned", message=message)


def _verified(delivery: Delivery, _ask: Ask) -> Iterator[Missing]:
    if delivery.verified_sha256 is None or delivery.verified_sha256 != delivery.manifest_sha256:
        yield Missing(code="verified", message="The files at the destination are not verified to be those sent.")


def _release(delivery: Delivery, ask: Ask) -> Iterator[Missing]:
    yield from _manifest(delivery, ask)
    yield from _verified(delivery, ask)
    if ask.actor.kind != "person":
        yield Missing(code="person", message="Data are released by a person, not by a program.")
    if early := sorted(code for code, stage in delivery.samples.items() if stage not in STAGES):
        said = ", ".join(early[:10]) + (f" and {len(early) - 10:,} more" if len(early) > 10 else "")
        yield Missing(code="samples", message=f"These samples are not at the stage data_delivery: {said}.")
    if delivery.method == "web_link" and not delivery.link_url:
        yield Missing(code="link", message="The address is missing at which the customer gets the data.")


def _reason(_delivery: Delivery, ask: Ask) -> Iterator[Missing]:
    if not ask.reason:
        yield Missing(code="reason", message="A reason is needed; it is kept.")


def _over(delivery: Delivery, ask: Ask) -> Iterator[Missing]:
    if delivery.link_expires_at is None or delivery.link_expires_at > ask.at:
        yield Missing(code="link-valid", message="The link has not ended yet.")


def _nothing(_delivery: Delivery, _ask: Ask) -> Iterator[Missing]:
    yield from ()


#: Which state may follow which, and what has to hold for it.
TABLE: Mapping[DeliveryState, Mapping[DeliveryState, Gate]] = {
    "prepared": {"copying": _manifest, "retracted": _reason},
    "copying": {"verified": _verified, "prepared": _reason, "retracted": _reason},
    "verified": {"copying": _nothing, "released": _release, "prepared": _reason, "retracted": _reason},
    "released": {"received": _verified, "expired": _over, "retracted": _reason},
    "received": {"retracted": _reason},
    "expired": {"received": _verified, "retracted": _reason},
    "retracted": {},
}
#: What only the service does by itself: a person moves nothing there.
BY_ITSELF: tuple[DeliveryState, ...] = ("verified", "expired")


def require(delivery: Delivery, to: DeliveryState, ask: Ask) -> None:
    """Raise Conflict unless a delivery may be moved there now; it names what is missing."""
    allowed = TABLE[delivery.state]
    if to not in allowed:
        ways = ", ".join(allowed) or "none"
        _refuse(delivery, to, f"after {delivery.state} may follow: {ways}", missing=[])
    missing = list(allowed[to](delivery, ask))
    if missing:
        _refuse(delivery, to, " ".join(item.message for item in missing), missing=missing)


def _refuse(delivery: Delivery, to: str, said: str, *, missing: Sequence[Missing]) -> NoReturn:
    raise errors.Conflict(
        f"The delivery {delivery.code} is {delivery.state} and cannot become {to}: {said.rstrip('.')}. "
        "Nothing was changed.",
        type="transition-refused",
        status_now=delivery.state,
        allowed=list(TABLE[delivery.state]),
        missing=[{"code": item.code, "message": item.message} for item in missing],
    )


def changeable(delivery: Delivery) -> None:
    """Raise Conflict for a delivery that has left the house."""
    if delivery.state not in ("prepared", "copying", "verified"):
        message = f"The delivery {delivery.code} is {delivery.state} and stays as it is. Nothing was changed."
        raise errors.Conflict(message, type="not-changeable", status_now=delivery.state)


def listing(delivery: Delivery) -> None:
    """Raise Conflict unless the files of a delivery can still be said."""
    if delivery.state != "prepared":
        message = f"The delivery {delivery.code} is {delivery.state}: its manifest stays as it is. Nothing was changed."
        raise errors.Conflict(message, type="not-changeable", status_now=delivery.state)


def files(asked: NewManifest, aliases: Mapping[str, str], codes: Sequence[str]) -> list[File]:
    """Return the files of a manifest by path; Invalid for paths that lead outside, double ones and missing sums.

    aliases: code by the alias that MinKNOW knew a sample by; codes: the samples of the delivery.
    """
    known = set(codes)
    names = {name: code for name, code in aliases.items() if name} | {code: code for code in codes}
    found = [_listed(item, names) for item in asked.files]
    named = {item.path for item in found}
    found += [item for item in _output_hash(asked.output_hash, names, named) if item.path not in named]
    found += [_of(item.path, item.sha256, names) for item in sums.sha256sum(asked.sha256sum, field="sha256sum")]
    wrong: list[errors.FieldError] = []
    seen: set[str] = set()
    for item in found:
        if _OUTSIDE.search(item.path):
            wrong.append(errors.FieldError("path", f"{item.path!r} leads outside of the folder."))
        if item.path in seen:
            wrong.append(errors.FieldError("path", f"{item.path!r} is named twice."))
        if item.sample is not None and item.sample not in known:
            wrong.append(errors.FieldError("sample", f"{item.sample} is no sample of this delivery."))
        seen.add(item.path)
    if not found:
        wrong.append(errors.FieldError("files", "There is no file in it."))
    if wrong:
        said = " ".join(item.message for item in wrong[:5])
        raise errors.Invalid(f"The manifest cannot be taken. {said} Nothing was changed.", fields=wrong[:100])
    return sorted(found, key=lambda item: item.path)


def _listed(item: ManifestFile, names: Mapping[str, str]) -> File:
    """Return a file as it was listed; by its name it is some sample's or waits, otherwise it goes to all."""
    if item.by_name and not item.sample:
        return replace(_of(_path(item.path), item.sha256, names, alias=item.alias), size_bytes=item.size_bytes)
    return File(path=_path(item.path), sha256=item.sha256, size_bytes=item.size_bytes, sample=item.sample or None)


def _of(path: str, sha256: str, names: Mapping[str, str], *, alias: str = "") -> File:
    """Return a file with whose data it is by its alias or its path; names: the codes of samples by their names."""
    sample, known = names.get(alias) or sums.whose(path, names), set(names.values())
    if sample is None and len(known) == 1 and not alias:
        (sample,) = known
    sample = None if sums.strangers(path, known) else sample
    return File(path=path, sha256=sha256, size_bytes=None, sample=sample, unassigned=sample is None)


def _output_hash(text: str, names: Mapping[str, str], named: set[str]) -> Iterator[File]:
    """Read MinKNOW's output_hash file; named: paths whose sums were given otherwise, since it may have none of them."""
    if not text:
        return
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if not {"file_hash", "file_path"} <= set(rows.fieldnames or ()):
        message = "This is no output_hash file: it has no columns file_hash and file_path."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("output_hash", message)])
    without = []
    for row in rows:
        path, total = _path((row["file_path"] or "").strip()), (row["file_hash"] or "").strip().lower()
        if not path:
            continue
        if not _SHA256.fullmatch(total):
            without += [path] if path not in named else []
            continue
        alias = (row.get("barcode_alias") or row.get("sample_id") or "").strip()
        yield _of(path, total, names, alias=alias)
    if without:
        message = f"{counted(len(without), 'file has', 'files have')} no sum there, as {without[0]}; give it in files."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("output_hash", message)])


def _path(said: str) -> str:
    return said.replace("\\", "/").removeprefix("./")


def manifest_sha256(found: Sequence[File]) -> str:
    """Return the sum of a manifest: of its lines `sum  path`, by path, as sha256sum writes them."""
    lines = "".join(f"{item.sha256}  {item.path}\n" for item in sorted(found, key=lambda item: item.path))
    return hashlib.sha256(lines.encode()).hexdigest()


def compare(manifest: Sequence[File], there: Mapping[str, tuple[str, int]]) -> list[Difference]:
    """Return what is not as the manifest says, by path. there: sum and size of what lies at the destination."""
    wanted = {item.path: item for item in manifest}
    found = []
    for path, item in wanted.items():
        if path not in there:
            found.append(Difference(path=path, what="missing"))
        elif there[path][0] != item.sha256:
            found.append(Difference(path=path, what="changed"))
        elif item.size_bytes is not None and there[path][1] != item.size_bytes:
            found.append(Difference(path=path, what="size"))
    found += [Difference(path=path, what="unexpected") for path in there if path not in wanted]
    return sorted(found, key=lambda item: item.path)


def subject(delivery: Delivery) -> Subject:
    """Return how events name a delivery."""
    return Subject("delivery", str(delivery.id), delivery.code)


def facts(delivery: Delivery) -> dict[str, Any]:
    """Return what is announced of a delivery."""
    names = (
        "code", "lab_id", "project_id", "submission_id", "state", "method", "destination", "file_count", "size_bytes",
        "manifest_sha256", "verified_at", "released_by", "released_at", "link_expires_at", "received_at",
    )  # fmt: skip
    said = {name: getattr(delivery, name) for name in names}
    return said | {"delivery_id": delivery.id, "samples": sorted(delivery.samples)}


def code(year: int, number: int) -> str:
    """Return what people call a delivery: `D26-000001`."""
    return f"D{year % 100:02d}-{number:06d}"


def handed_over(delivery: Delivery, *, undone: bool) -> None:
    """Raise Conflict where the handover of a delivery was undone, so that nobody would hand the release over."""
    if undone:
        raise errors.Conflict(
            f"The handover of {delivery.code} was cancelled and is undone. Nothing was released; set the delivery to "
            "prepared, and copy it again.",
            type="handover-undone",
            status_now=delivery.state,
        )
