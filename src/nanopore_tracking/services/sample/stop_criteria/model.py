"""When a run may end, as MinKNOW's run-until criteria; a person confirms them and sets them there."""

from typing import Any

from nanopore_tracking.contracts.api.sample.live import LiveBarcode, LiveRun
from nanopore_tracking.contracts.api.sample.stops import Criteria, StopSuggestion
from nanopore_tracking.kernel import errors

#: Facility's choice: with fewer of its first pores, in percent, a flow cell gives hardly anything more.
AVAILABLE_PORES = 5.0
_QUIET = "Nothing is suggested"


def suggested(live: LiveRun) -> StopSuggestion:
    """Return when a run may end. Without targets that can be counted, or without numbers, nothing is suggested."""
    criteria, sentence = _judged(live)
    return StopSuggestion(run=live.run, sentence=sentence, criteria=criteria)


def _judged(live: LiveRun) -> tuple[Criteria | None, str]:
    if live.state in ("none", "ended"):
        return None, f"{_QUIET}: {'nothing is known of it' if live.state == 'none' else 'it has ended'}."
    wanted = [each for each in live.barcodes if each.sample is not None and each.wanted_bases is not None]
    if not wanted or not live.pass_bases:
        return None, f"{_QUIET}: what its samples need of it cannot be counted."
    runtime = live.run_minutes * 60
    if all(each.pass_bases >= (each.wanted_bases or 0) for each in wanted):
        said = "Each sample has what it needs of this run: it may end now."
        bases = live.pass_bases
        return Criteria(passed_basecalled_bases=bases, available_pores=AVAILABLE_PORES, runtime=runtime), said
    good = [each for each in wanted if _comes(each, live)]
    short = [str(each.sample) for each in wanted if each not in good]
    named = ", ".join(short[:3]) + (f" and {len(short) - 3} more" if len(short) > 3 else "")
    if not good:
        return Criteria(available_pores=AVAILABLE_PORES, runtime=runtime), (
            f"No sample reaches what it needs of this run ({named}): it goes on until its planned end, or until "
            f"{AVAILABLE_PORES:g}% of its first pores are left. A top-up is needed."
        )
    bases = round(live.pass_bases * max((each.wanted_bases or 0) / each.pass_bases for each in good if each.pass_bases))
    who = f"All but {named} have what they need" if short else "Every sample has what it needs"
    more = " A top-up is needed for the rest in any case." if short else ""
    said = f"{who} at {bases / 1e9:,.4g} Gb passed.{more}"
    return Criteria(passed_basecalled_bases=bases, available_pores=AVAILABLE_PORES, runtime=runtime), said


def _comes(barcode: LiveBarcode, live: LiveRun) -> bool:
    """Tell whether a sample gets what it needs of a run; while nothing is projected, any that has reads may."""
    need = barcode.wanted_bases or 0
    if barcode.pass_bases >= need:
        return True
    return barcode.pass_bases > 0 and (live.projection is None or barcode.expected == "reached")


def require_some(criteria: Criteria) -> None:
    """Raise Invalid where nothing would end the run."""
    if (criteria.passed_basecalled_bases, criteria.available_pores, criteria.runtime) == (None, None, None):
        message = "Say at least one criterion."
        raise errors.Invalid(f"{message} Nothing was recorded.", fields=[errors.FieldError("criteria", message)])


def facts(criteria: Criteria) -> dict[str, Any]:
    """Return what the event about a confirmation says."""
    return {
        "passed_basecalled_bases": criteria.passed_basecalled_bases,
        "available_pores": criteria.available_pores,
        "runtime": criteria.runtime,
    }
