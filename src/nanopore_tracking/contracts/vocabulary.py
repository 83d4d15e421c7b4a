"""The closed vocabulary of searches in natural words: which phrases mean which filter of which list.

The sample service understands texts by it; a language model may propose nothing else. Names, codes and days are not in
it: what a text says of those is found in the database and in calendars, never proposed.
"""

from collections.abc import Mapping
from typing import Literal

#: A list that words can narrow.
PhraseKind = Literal["samples", "runs"]
#: Phrases by filter and value; the first of each is the one that is proposed.
Phrases = Mapping[str, Mapping[str, tuple[str, ...]]]

_SAMPLES: Phrases = {
    "stage": {
        "expected": ("expected",),
        "received": ("received",),
        "sample_qc": ("sample qc", "sample quality control", "qc"),
        "library_prep": ("library prep", "library preparation", "library-prep", "libprep", "prep"),
        "library_qc": ("library qc", "library quality control"),
        "sequencing_setup": ("sequencing setup", "setup", "loading"),
        "sequencing_run": ("sequencing", "sequencing run"),
        "basecalling": ("basecalling", "base calling"),
        "quality_assessment": ("quality assessment", "quality review"),
        "data_delivery": ("data delivery", "delivery"),
        "delivered": ("delivered",),
        "archived": ("archived",),
    },
    "status": {
        "queued": ("waiting", "queued", "pending", "awaiting"),
        "active": ("in progress", "active", "being worked on", "in work"),
        "on_hold": ("on hold", "held"),
        "done": ("done", "finished"),
        "failed": ("failed",),
        "cancelled": ("cancelled", "canceled"),
    },
    "priority": {
        "urgent": ("urgent",),
        "high": ("high priority", "priority high"),
        "normal": ("normal priority", "priority normal"),
        "low": ("low priority", "priority low"),
    },
    "overdue": {"true": ("overdue", "late"), "false": ("in time", "on time")},
    "substance": {"RNA": ("rna",), "DNA": ("dna",)},
}
_RUNS: Phrases = {
    "state": {
        "planned": ("planned",),
        "sheet_issued": ("sheet issued",),
        "starting": ("starting",),
        "running": ("running", "in progress"),
        "paused": ("paused",),
        "completed": ("completed", "finished", "done", "complete"),
        "stopped_by_user": ("stopped", "stopped by user"),
        "failed": ("failed",),
        "disk_full": ("disk full",),
        "device_disconnected": ("disconnected", "device disconnected"),
        "analysed": ("analysed", "analyzed"),
        "cancelled": ("cancelled", "canceled"),
    },
    "purpose": {
        "production": ("production",),
        "qc": ("qc", "platform qc"),
        "test": ("test",),
        "rerun": ("rerun", "reruns"),
        "top_up": ("top up", "top ups", "topup", "topups"),
        "recovery": ("recovery", "recovery run", "recovery runs"),
    },
    "device": {"PromethION": ("promethion",), "MinION": ("minion",), "Flongle": ("flongle",)},
    "low_yield": {"true": ("low yield", "low yields", "poor yield", "bad yield")},
}
VOCABULARY: Mapping[PhraseKind, Phrases] = {"samples": _SAMPLES, "runs": _RUNS}


def canonical(kind: PhraseKind) -> list[str]:
    """Return one phrase for each filter and value of a list: all that a language model may propose."""
    return list(dict.fromkeys(phrases[0] for values in VOCABULARY[kind].values() for phrases in values.values()))
