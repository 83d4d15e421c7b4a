"""What the ai service announces about how documents are read, beside what was read."""

from nanopore_tracking.kernel.events import Event


class FormAcceptanceChanged(Event, frozen=True, kw_only=True):
    """A person said which share of what is accepted unseen may be wrong; None: nothing is."""

    type = "ai.form_acceptance_changed"

    error_rate: float | None
