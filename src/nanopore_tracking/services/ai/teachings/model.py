"""What may be said of texts that nobody knew; pure."""

from collections.abc import Mapping, Sequence

from nanopore_tracking.contracts.form import BY_NAME as FORM_FIELDS
from nanopore_tracking.contracts.manifest import BY_NAME as COLUMNS
from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.errors import FieldError
from nanopore_tracking.services.ai.hints.model import Told


def is_column(told: Told, field: str) -> bool:
    """Tell whether a text is to be a heading: the table has to be read again with it."""
    return told.kind == "heading" or field not in FORM_FIELDS


def refuse_unknown(told: Sequence[Told], said: Mapping[str, str]) -> None:
    """Raise Invalid where what is said is no field or column, or one is said twice. said: field by the id of a text."""
    wrong = []
    seen: set[tuple[bool, str]] = set()
    for each in told:
        field = said[str(each.id)]
        known = field in COLUMNS if each.kind == "heading" else field in FORM_FIELDS or field in COLUMNS
        key = (is_column(each, field), field)
        if not known:
            there = "column of samples" if each.kind == "heading" else "field or column"
            wrong.append(FieldError("teachings", f"“{each.label}”: there is no {there} {field}."))
        elif key in seen:
            wrong.append(FieldError("teachings", f"“{each.label}”: another text was said to be {field} too."))
        seen.add(key)
    if wrong:
        raise errors.Invalid(f"{wrong[0].message} Nothing was changed.", fields=wrong)
