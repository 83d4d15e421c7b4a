"""What the numbers about readings mean in words, and how they are answered; pure."""

import msgspec

from nanopore_tracking.contracts.api.ai import performance as api
from nanopore_tracking.services.ai.acceptances.model import Calibrated, Policy
from nanopore_tracking.services.ai.calibrations.model import ENOUGH
from nanopore_tracking.services.ai.outcomes import model as outcomes
from nanopore_tracking.services.ai.outcomes.model import Measured

DEFINITION = (
    "Values of forms that were accepted in this time, as their reviewer left them: one that nobody changed is right, "
    "one that was changed is wrong, one that was cleared was read where nothing is, one that was typed in was missing. "
    "Rows that are no sample do not count. Precision: right of all that was read. Recall: right of all that is there. "
    "F1: their harmonic mean. Corrected: values that somebody changed, cleared or typed in, of all that are there or "
    "were read."
)
DRIFT = (
    f"The share of corrected values in the last {outcomes.LAST} accepted forms is compared with that in up to "
    f"{outcomes.BEFORE} forms before them: worse where a rank test (Mann and Whitney, one-sided) explains the "
    "difference by chance in less than 1 % of cases and the mean is at least 3 points higher."
)


def report_item(one: Measured) -> api.Performance:
    """Return numbers as they are answered."""
    return api.Performance(
        week=one.week,
        method=one.method,
        field=one.field,
        template=one.template,
        version=one.version,
        unit="field" if one.unit == "field" else "column",
        documents=one.documents,
        right=one.right_count,
        wrong=one.wrong_count,
        extra=one.extra_count,
        missing=one.missing_count,
        precision=one.precision,
        recall=one.recall,
        f1=one.f1,
        correction_rate=one.correction_rate,
        automatic=one.automatic_count,
        escaped=one.escaped_count,
    )


def calibration(last: Calibrated | None, policy: Policy, *, count: int, drift: outcomes.Drift) -> api.Calibration:
    """Return the calibration that counts as it is answered."""
    made = last.content if last else None
    fits = made.fits if made else {}
    units = [msgspec.to_builtins(fit) | {"unit": unit} for unit, fit in fits.items()]
    return api.Calibration(
        version=last.version if last else None,
        made_at=last.made_at if last else None,
        outcomes=count,
        needed=ENOUGH,
        units=msgspec.convert(units, list[api.UnitCalibration]),
        lacking=msgspec.convert(msgspec.to_builtins(made.lacking if made else []), list[api.LackingCalibration]),
        acceptance=acceptance(policy),
        drift=api.Drift(
            worse=drift.worse,
            last=drift.last,
            before=drift.before,
            last_count=drift.last_count,
            before_count=drift.before_count,
            chance=drift.chance,
            missing=drift.missing,
            definition=DRIFT,
        ),
    )


def acceptance(policy: Policy) -> api.Acceptance:
    """Return what may be accepted unseen as it is answered."""
    return api.Acceptance(
        error_rate=policy.error_rate,
        changed_by=policy.changed_by,
        changed_at=policy.changed_at,
        version=policy.version,
    )
