"""When a submission may be accepted, and what its rows become."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.catalogue.model import Catalogue, Threshold
from nanopore_tracking.services.sample.names.model import alias
from nanopore_tracking.services.sample.rows.model import Row, choice
from nanopore_tracking.services.sample.samples import model as samples
from nanopore_tracking.services.sample.samples.model import NewSample, Submitted
from nanopore_tracking.services.sample.submissions.model import Submission

#: How long an intake may wait for the ai service, and take as a whole: longer than any maintenance.
CLAIM_WAIT_S = 3 * 24 * 3600.0
INTAKE_DEADLINE_S = 4 * 24 * 3600.0

_AMOUNTS = ("volume_ul", "qubit_ng_per_ul", "nanodrop_ng_per_ul", "a260_a280", "a260_a230", "fragment_bp")


def acceptable(submission: Submission, reason: str) -> None:
    """Raise Conflict where errors stand in the way, or findings that are open without a reason to pass over them."""
    if submission.error_count:
        problems = f"{submission.error_count:,} error" + ("" if submission.error_count == 1 else "s")
        raise errors.Conflict(
            f"The submission {submission.code} has {problems} and cannot be accepted. Nothing was changed; correct the "
            "rows and the header first.",
            type="submission-has-errors",
            error_count=submission.error_count,
        )
    if submission.open_finding_count and not reason:
        message = "Resolve each finding, or say why those still open do not stand in the way."
        raise errors.Conflict(
            f"The submission {submission.code} has {submission.open_finding_count} open findings. Nothing was changed. "
            f"{message}",
            type="reason-required",
            fields=[errors.FieldError("reason", message)],
            finding_count=submission.open_finding_count,
        )


def new_samples(
    submission: Submission, rows: Sequence[Row], catalogue: Catalogue, *, priority_reason: str = ""
) -> list[NewSample]:
    """Return the samples that the rows become; what a row does not say is as the header says it for all.

    priority_reason: why they are urgent.
    """
    service = catalogue.service_type(submission.header["service_type"])
    service_type = service.code if service else ""
    known: dict[tuple[str, float | None], list[Threshold]] = {}
    made = []
    for row in rows:
        material = _said(row, "material", submission.header)
        substance = samples.substance(material)
        length_bp = _amount(row, "fragment_bp")
        if (substance, length_bp) not in known:
            known[substance, length_bp] = catalogue.limits(
                samples.GATES, material=substance, service_type=service_type, fragment_bp=length_bp
            )
        limits = known[substance, length_bp]
        new = _new_sample(submission, row, material=material, service_type=service_type, limits=limits)
        made.append(replace(new, priority_reason=priority_reason))
    return made


def _new_sample(
    submission: Submission, row: Row, *, material: str, service_type: str, limits: Sequence[Threshold]
) -> NewSample:
    amounts = {name: _amount(row, name) for name in _AMOUNTS}
    kind: Any = row.values.get("kind") or "test_sample"
    priority: Any = submission.header["priority"]
    return NewSample(
        project_id=submission.project_id,
        submission_id=submission.id,
        row_number=row.row_number,
        name=row.name,
        alias=alias(row.name, row.row_number),
        kind=kind,
        material=material,
        organism=_said(row, "organism", submission.header),
        service_type=service_type,
        priority=priority,
        submitted=Submitted(
            **amounts,
            buffer=_said(row, "buffer", submission.header),
            comment=str(row.values.get("comment") or ""),
        ),
        out_of_range=samples.out_of_range(amounts, limits),
    )


def _said(row: Row, name: str, header: Mapping[str, str]) -> str:
    """Return what the row says, else what the header says for all; a material in the words of the product."""
    said = str(row.values.get(name) or header[name])
    return choice(name, said) or said


def _amount(row: Row, name: str) -> float | None:
    value = row.values.get(name)
    return value if isinstance(value, int | float) else None


def claim_answered(said: Mapping[str, str]) -> None:
    """Raise Conflict when the ai service refused that a reading belongs to a submission; said: its answer."""
    if said["refused"]:
        raise errors.Conflict(said["refused"], type="claim-refused")
