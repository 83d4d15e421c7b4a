"""The plot of a flow cell's pores: one bar for each check, the line of what a new one must have."""

from collections.abc import Sequence
from typing import Any

_WIDTH, _HEIGHT, _FOOT = 560, 150, 18
_GAP = 10


def pore_history(checks: Sequence[Any], warranty_pores: int) -> dict[str, Any]:
    """Return where bars and line stand, in the units of the picture; text: what it shows in a sentence."""
    most = max([warranty_pores, *(check.pores_available for check in checks)]) or 1
    scale = (_HEIGHT - _FOOT - 14) / most
    step = _WIDTH / max(len(checks), 6)
    bars = [
        {
            "x": round(number * step + _GAP / 2, 1),
            "width": round(step - _GAP, 1),
            "height": round(check.pores_available * scale, 1),
            "y": round(_HEIGHT - _FOOT - check.pores_available * scale, 1),
            "middle": round(number * step + step / 2, 1),
            "pores": check.pores_available,
            "passed": check.passed,
            "ordinal": check.ordinal,
        }
        for number, check in enumerate(checks)
    ]
    told = ", ".join(f"{check.pores_available:,}" for check in checks)
    return {
        "bars": bars,
        "line": round(_HEIGHT - _FOOT - warranty_pores * scale, 1),
        "width": _WIDTH,
        "height": _HEIGHT,
        "foot": _HEIGHT - _FOOT,
        "text": f"Pores at each check: {told}. A new one has at least {warranty_pores:,}.",
    }
