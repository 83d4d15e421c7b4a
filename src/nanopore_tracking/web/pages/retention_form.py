"""The form that says until when something is kept."""

import dataclasses

from nanopore_tracking.contracts.api.sample.containers import NewRetention
from nanopore_tracking.web import forms


def keep_form() -> forms.Form:
    """Return the empty form of a day and its reason."""
    form = forms.of(NewRetention)
    fields = [dataclasses.replace(item, kind="date") if item.name == "keep_until" else item for item in form.fields]
    return forms.Form(fields=fields)
