"""The forms of stage records: one for each kind, prefilled with what is known, read back as the API wants it."""

from typing import Any

from nanopore_tracking.contracts.api.sample import records
from nanopore_tracking.web import forms

KINDS: dict[str, type] = {
    "library": records.NewLibrary,
    "loading": records.NewLoading,
    "run": records.NewRun,
    "basecalling": records.NewBasecalling,
    "decision": records.NewDecision,
    "delivery": records.NewDelivery,
}
#: The fields of the one read set that the form of a basecalling asks for.
READ_SET = ("barcode", "reads", "bases_pass_bp", "n50_bp", "mean_q")


def record_form(kind: str, sample: Any) -> forms.Form:
    """Return the empty form of a kind; KeyError for a kind that is none."""
    form = forms.of(KINDS[kind], skip=("read_sets",))
    if kind == "basecalling":
        form = forms.Form(fields=[*form.fields, *forms.of(records.ReadSet).fields])
    if kind == "loading":
        return form.filled({"library_id": sample.alias})
    return form


def record_of(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return what was typed as the API wants it; blank is left out."""
    known = {name: value for name, value in values.items() if value is not None}
    if kind == "basecalling":
        known["read_sets"] = [{name: known.pop(name) for name in READ_SET if name in known}]
    return known | {"kind": kind}
