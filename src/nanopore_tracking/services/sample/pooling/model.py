"""Pure calculations: what an equimolar pool takes of each library, and how to pool again after a first yield."""

from collections.abc import Sequence
from dataclasses import dataclass

from nanopore_tracking.contracts.api.sample.pools import Dose, Equimolar, Factor, Factors
from nanopore_tracking.kernel import errors

#: What is pipetted below this is not what was meant.
LEAST_UL = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Stock:
    """A library that can be pooled. molarity_nm: fmol/µL; left_ul: what is left; None where it was not measured."""

    code: str
    molarity_nm: float | None
    left_ul: float | None
    share: float = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Yielded:
    """What a library yielded, and what it should; in one unit, bases or reads."""

    code: str
    observed: float
    target: float


def equimolar(
    stocks: Sequence[Stock],
    *,
    target_fmol: float,
    target_volume_ul: float | None = None,
    least_ul: float = LEAST_UL,
) -> Equimolar:
    """Return what goes in of each library so that each has its share of the amount.

    What cannot be pipetted or is not there is said, and the nearest that can be done is given. Invalid without any.
    """
    if not stocks:
        message = "There is no library in the pool. Nothing was computed; put libraries in first."
        raise errors.Invalid(message, fields=[errors.FieldError("components", message)])
    shares = sum(stock.share for stock in stocks)
    doses = [_dose(stock, target_fmol * stock.share / shares, least_ul) for stock in stocks]
    volume_ul = sum(dose.volume_ul or 0 for dose in doses)
    messages = [dose.message for dose in doses if not dose.reached]
    buffer_ul = None if target_volume_ul is None else target_volume_ul - volume_ul
    if buffer_ul is not None and buffer_ul < 0:
        messages.append(
            f"The libraries are {volume_ul:,.4g} µL together, and {target_volume_ul:,.4g} µL are wanted: concentrate "
            "the pool afterwards, or pool a smaller amount."
        )
    return Equimolar(
        target_fmol=target_fmol,
        target_volume_ul=target_volume_ul,
        least_ul=least_ul,
        doses=doses,
        volume_ul=volume_ul,
        buffer_ul=buffer_ul,
        amount_fmol=sum(dose.fmol or 0 for dose in doses),
        reached=not messages,
        messages=messages,
    )


def _dose(stock: Stock, wanted_fmol: float, least_ul: float) -> Dose:
    if not stock.molarity_nm:
        message = f"{stock.code} has no concentration and length yet; measure them."
        return _said(stock, wanted_fmol, volume_ul=None, reached=False, message=message)
    volume_ul, reached, message = wanted_fmol / stock.molarity_nm, True, ""
    if volume_ul < least_ul:
        message = (
            f"{stock.code}: {wanted_fmol:,.4g} fmol are {volume_ul:,.3g} µL, less than the {least_ul:,.3g} µL that "
            f"can be pipetted; dilute it, or pool {least_ul / volume_ul:,.3g} times as much of everything."
        )
        volume_ul, reached = least_ul, False
    if stock.left_ul is not None and volume_ul > stock.left_ul:
        message = (
            f"{stock.code}: {volume_ul:,.4g} µL are wanted for {wanted_fmol:,.4g} fmol, and {stock.left_ul:,.4g} µL "
            f"are left, which hold {stock.left_ul * stock.molarity_nm:,.4g} fmol."
        )
        volume_ul, reached = stock.left_ul, False
    return _said(stock, wanted_fmol, volume_ul=volume_ul, reached=reached, message=message)


def _said(stock: Stock, wanted_fmol: float, *, volume_ul: float | None, reached: bool, message: str) -> Dose:
    return Dose(
        library=stock.code,
        share=stock.share,
        wanted_fmol=wanted_fmol,
        volume_ul=volume_ul,
        fmol=None if volume_ul is None or stock.molarity_nm is None else volume_ul * stock.molarity_nm,
        reached=reached,
        message=message,
    )


def again(yields: Sequence[Yielded], *, most: float = 10) -> Factors:
    """Return the re-pooling factors: target divided by what was observed, beside the best library, at most `most`.

    share: of the next pool, in proportion to what is still to come by what a library yields; 0 where all is there.
    """
    ratios = {item.code: item.observed / item.target for item in yields}
    best = max(ratios.values(), default=0)
    factors, messages = [], []
    for item in yields:
        ratio = ratios[item.code]
        factor = min(most, best / ratio) if ratio else most if best else 1.0
        missing = max(0.0, item.target - item.observed)
        message = ""
        if not item.observed:
            message = f"{item.code} yielded nothing: look for the cause before it is pooled again."
        elif best / ratio > most:
            message = f"{item.code} yielded {ratio / best:.1%} of the best one; its factor is cut at {most:g}."
        if message:
            messages.append(message)
        factors.append(
            Factor(
                library=item.code,
                observed=item.observed,
                target=item.target,
                missing=missing,
                factor=factor,
                share=factor * missing / item.target,
                message=message,
            )
        )
    if factors and not any(factor.missing for factor in factors):
        messages.append("Every library has reached its target; nothing is to be pooled again.")
    return Factors(factors=factors, messages=messages)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What is pipetted of one library."""

    library: str
    samples: str
    volume_ul: float


_WELLS = 96
_ROWS = "ABCDEFGH"


def pipetting(pool: str, parts: Sequence[Part], *, buffer_ul: float) -> list[dict[str, str]]:
    """Return the steps of a liquid handler: source well by well down the columns, everything into the pool's tube."""
    steps = []
    for place, part in enumerate(parts):
        plate, well = divmod(place, _WELLS)
        steps.append(
            {
                "step": str(place + 1),
                "source_labware": f"libraries_{plate + 1}",
                "source_position": f"{_ROWS[well % 8]}{well // 8 + 1}",
                "source_code": part.library,
                "samples": part.samples,
                "destination_labware": "pool",
                "destination_position": "A1",
                "destination_code": pool,
                "volume_ul": f"{part.volume_ul:.2f}",
            }
        )
    if buffer_ul > 0:
        steps.append(_buffer(pool, len(steps) + 1, buffer_ul))
    return steps


def _buffer(pool: str, step: int, buffer_ul: float) -> dict[str, str]:
    """Return the step that adds the buffer."""
    return {
        "step": str(step),
        "source_labware": "buffer",
        "source_position": "A1",
        "source_code": "elution buffer",
        "samples": "",
        "destination_labware": "pool",
        "destination_position": "A1",
        "destination_code": pool,
        "volume_ul": f"{buffer_ul:.2f}",
    }


def as_csv(steps: Sequence[dict[str, str]]) -> str:
    """Return steps as CSV: plain ASCII, LF, no cell that a spreadsheet takes for a formula."""
    rows = [list(steps[0]) if steps else [], *(list(step.values()) for step in steps)]
    return "".join(",".join(_cell(value) for value in row) + "\n" for row in rows)


def _cell(value: str) -> str:
    safe = f"'{value}" if value[:1] in ("=", "+", "-", "@") else value
    return f'"{safe}"' if "," in safe else safe
