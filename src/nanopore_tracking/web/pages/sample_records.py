"""The forms of stage records: one for each kind, prefilled with what is known, read back as the API wants it."""

from typing import Any

from nanopore_tracking.contracts.api.sample import libraries, records
from nanopore_tracking.web import forms

KINDS: dict[str, type] = {
    "run": records.NewRun,
    "basecalling": records.NewBasecalling,
    "decision": records.NewDecision,
}
#: What can be recorded of a sample on its page: a library is a thing of its own, and so are its run and its delivery.
RECORDED = ("library", *KINDS)
#: The fields of the one read set that the form of a basecalling asks for.
READ_SET = ("barcode", "reads", "bases_pass_bp", "n50_bp", "mean_q")


def record_form(kind: str) -> forms.Form:
    """Return the empty form of a kind, or of a library; KeyError for a kind that is none."""
    if kind == "library":
        form = forms.of(libraries.NewLibrary, skip=("sources", "barcodes", "prepared", "started_at", "finished_at"))
        return forms.Form(fields=[*form.fields, *forms.of(libraries.NewAssignment, skip=("sample", "kit")).fields])
    form = forms.of(KINDS[kind], skip=("read_sets",))
    if kind == "basecalling":
        form = forms.Form(fields=[*form.fields, *forms.of(records.ReadSet).fields])
    return form


def record_of(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """Return what was typed as the API wants it; blank is left out."""
    known = {name: value for name, value in values.items() if value is not None}
    if kind == "library":
        return _library(known)
    if kind == "basecalling":
        known["read_sets"] = [{name: known.pop(name) for name in READ_SET if name in known}]
    return known | {"kind": kind}


def _library(known: dict[str, Any]) -> dict[str, Any]:
    """Return a prepared library of one sample; its page says which."""
    mark = {name: known.pop(name) for name in ("barcode", "alias") if name in known}
    return known | {"prepared": True, "barcodes": [mark] if mark.get("barcode") else []}
