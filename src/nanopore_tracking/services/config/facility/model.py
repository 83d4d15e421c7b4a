"""The settings that people may change while the product runs: the one table of them."""

from dataclasses import dataclass
from typing import Literal
from zoneinfo import available_timezones

from nanopore_tracking.kernel import errors


@dataclass(frozen=True, kw_only=True)
class Declared:
    """One setting: its name for programs, its title and description for people, its kind and first value."""

    name: str
    title: str
    description: str
    kind: Literal["text", "time_zone", "yes_no"]
    default: str


#: By name.
DECLARED = (
    Declared(
        name="facility_name",
        title="Facility name",
        description="The name of the laboratory, shown on every page.",
        kind="text",
        default="Nanopore facility",
    ),
    Declared(
        name="override_second_person",
        title="A second person for overrides",
        description="Whether a sample, library, pool, run, load of a flow cell or expired lot for which requirements "
        "are passed over waits until another facility manager confirms it: yes or no.",
        kind="yes_no",
        default="no",
    ),
    Declared(
        name="time_zone",
        title="Time zone",
        description="The zone in which pages show times, such as Europe/Berlin. Times are kept in UTC.",
        kind="time_zone",
        default="UTC",
    ),
)

BY_NAME = {declared.name: declared for declared in DECLARED}


def checked(declared: Declared, value: str) -> str:
    """Return the value as it is kept; Invalid for one that the setting cannot have."""
    value = value.strip()
    fault = None
    if not value:
        fault = "The value must not be blank."
    elif declared.kind == "time_zone" and value not in available_timezones():
        fault = f"There is no time zone {value}. Name one of the tz database, such as Europe/Berlin."
    elif declared.kind == "yes_no" and value not in ("yes", "no"):
        fault = "This is yes or no."
    if fault:
        raise errors.Invalid(f"{fault} Nothing was changed.", fields=[errors.FieldError("value", fault)])
    return value
