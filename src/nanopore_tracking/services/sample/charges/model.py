"""Which charge code work goes to, and whether it may be charged on a day; codes are never made here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from nanopore_tracking.contracts.api.sample.submissions import SubmissionProblem
from nanopore_tracking.kernel import errors


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """The code that something is charged to. code: blank for none; known: the lab has it, from its first day on."""

    code: str = ""
    known: bool = False
    valid_from: date | None = None
    valid_to: date | None = None

    def valid(self, day: date) -> bool:
        """Tell whether it may be charged on a day."""
        begun = self.known and self.valid_from is not None and self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)

    def fault(self, day: date) -> str:
        """Say why it may not be charged on a day; blank where it may."""
        if not self.code:
            return "There is no charge code, neither in the submission nor of the project."
        if not self.known:
            return f"The lab has no charge code {self.code}."
        if self.valid_from is not None and day < self.valid_from:
            return f"The charge code {self.code} is valid only from {self.valid_from.isoformat()} on."
        if self.valid_to is not None and day > self.valid_to:
            return f"The charge code {self.code} was valid until {self.valid_to.isoformat()}."
        return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeCode:
    """A charge code as it is stored."""

    id: UUID
    lab_id: UUID
    code: str
    valid_from: date
    valid_to: date | None
    authorised_by: str
    note: str
    version: int


def problems(charge: Charge, day: date) -> Iterator[SubmissionProblem]:
    """Yield the finding of a submission whose work cannot be charged."""
    fault = charge.fault(day)
    if fault:
        code = "CHARGE_CODE_INVALID" if charge.code else "CHARGE_CODE_MISSING"
        yield SubmissionProblem(field="charge_code", level="finding", code=code, message=fault)


def period(valid_from: date, valid_to: date | None) -> None:
    """Raise Invalid where a code would end before it begins."""
    if valid_to is not None and valid_to < valid_from:
        message = f"The last day lies before the first one, {valid_from.isoformat()}."
        raise errors.Invalid(f"{message} Nothing was changed.", fields=[errors.FieldError("valid_to", message)])
