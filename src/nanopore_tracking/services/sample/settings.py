"""Settings of the sample service."""

import re
from typing import Annotated

import msgspec
from msgspec import Meta

from nanopore_tracking.kernel.mail import Outlet
from nanopore_tracking.kernel.settings import Env, Secret


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Read once at start."""

    db_url: Annotated[Secret, Env("SAMPLES_DB_URL"), Meta(description="The sample service's own database.")]
    flow_cell_pattern: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=200,
            description="What is printed on a flow cell (a regular expression for the whole, capital letters).",
        ),
    ] = "[A-Z]{3}[0-9]{3,6}"
    flow_cells_low: Annotated[
        int, Meta(ge=0, le=1000, description="With so many unused flow cells of a product or fewer, it is low.")
    ] = 2
    public_url: Annotated[str, Meta(description="What people type to come here; empty: this machine and port.")] = ""
    smtp_url: Annotated[
        Secret,
        Meta(
            description="The server that takes mails to customers: smtp://user:password@host:587 begins TLS, smtps:// "
            "is TLS, smtp+plain:// is neither; empty: no mail is sent."
        ),
    ] = Secret("")
    mail_from: Annotated[
        str, Meta(max_length=200, description="Who mails come from, such as Sequencing <sequencing@example.org>.")
    ] = ""
    mail_timeout_s: Annotated[float, Meta(gt=0, le=120, description="How long the mail server may take.")] = 20.0
    mail_first_delay_s: Annotated[
        float,
        Meta(gt=0, le=3600, description="The pause after the first failure of a mail; it grows fourfold with each."),
    ] = 60.0
    status_link_days: Annotated[
        int, Meta(ge=1, le=731, description="Days for which a status link of a mail is accepted.")
    ] = 180

    live_quiet_s: Annotated[
        float, Meta(gt=0, le=86_400, description="A run of which nothing new comes for so many seconds has no data.")
    ] = 300.0
    live_minutes_days: Annotated[
        int,
        Meta(ge=1, le=366, description="Days for which each minute of a run is kept after its last; totals stay."),
    ] = 30

    def __post_init__(self) -> None:
        """Refuse a pattern or a mail server that cannot be used, and one without a sender."""
        try:
            re.compile(self.flow_cell_pattern)
        except re.error as failure:
            raise ValueError(f"NANOPORE_FLOW_CELL_PATTERN is no regular expression: {failure}.") from failure
        try:
            outlet = self.outlet()
        except ValueError as failure:
            raise ValueError(f"NANOPORE_SMTP_URL cannot be used: {failure}.") from failure
        if outlet is not None and "@" not in self.mail_from:
            raise ValueError("NANOPORE_MAIL_FROM must be an address, since NANOPORE_SMTP_URL names a mail server.")

    def outlet(self) -> Outlet | None:
        """Return the server that takes mails, None where there is none."""
        return Outlet.of(self.smtp_url)
