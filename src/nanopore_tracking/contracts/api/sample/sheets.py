"""Sample sheets: what each tool takes, and what is wrong with one that it would refuse."""

from typing import Annotated, Literal

from msgspec import Meta

from nanopore_tracking.contracts.api.base import Answer, Asked

#: MinKNOW's own pages, the example client of its API, dorado, and the workflows of EPI2ME.
Profile = Literal["minknow_ui", "minknow_api", "dorado", "epi2me"]
Severity = Literal["error", "warning"]


class SheetToCheck(Asked, frozen=True, kw_only=True):
    """Check a sample sheet by the rules of one tool."""

    profile: Annotated[Profile, Meta(description="The tool that is to read it.")]
    text: Annotated[str, Meta(max_length=500_000, pattern=r"^[^\x00]*$", description="The whole file, as it is.")]


class SheetFinding(Answer, frozen=True, kw_only=True):
    """One broken rule. line: of the file, from 1; None for what is about the whole; column: its name."""

    rule: str
    severity: Severity
    line: int | None
    column: str
    message: str


class SheetVerdict(Answer, frozen=True, kw_only=True):
    """What the rules of a tool say of a sheet.

    cleaned: the sheet in plain form (no hidden characters, commas, LF), None where it is plain already.
    """

    profile: Profile
    accepted: bool
    row_count: int
    findings: list[SheetFinding]
    cleaned: str | None
