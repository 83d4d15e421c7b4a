"""What a pool's libraries are for the calculations."""

from collections.abc import Sequence

from nanopore_tracking.contracts.api.sample.pools import Observed
from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.chain.model import molarity_nm
from nanopore_tracking.services.sample.pooling.model import Part, Stock, Yielded
from nanopore_tracking.services.sample.pools.model import Pool


def stocks(pool: Pool) -> list[Stock]:
    """Return what there is of each library of a pool; of one that went into it already, with what it gave."""
    return [
        Stock(
            code=item.library.code,
            molarity_nm=molarity_nm(item.library.conc_ng_per_ul, item.library.mean_fragment_bp),
            left_ul=item.library.left_ul,
            share=item.share,
        )
        for item in pool.components
    ]


def yielded(pool: Pool, said: Sequence[Observed]) -> list[Yielded]:
    """Return the yields by the code of the library; Invalid for one that is not in the pool, or is there twice."""
    codes = {str(item.library.id): item.library.code for item in pool.components}
    codes |= {code: code for code in list(codes.values())}
    found: dict[str, Yielded] = {}
    for item in said:
        code = codes.get(item.library) or codes.get(item.library.upper())
        if code is None or code in found:
            message = f"{item.library} is {'there twice' if code else f'not in the pool {pool.code}'}."
            raise errors.Invalid(f"{message} Nothing was computed.", fields=[errors.FieldError("yields", message)])
        found[code] = Yielded(code=code, observed=item.observed, target=item.target)
    return list(found.values())


def parts(pool: Pool) -> list[Part]:
    """Return what is pipetted of each library; Conflict where a volume is not set."""
    unsaid = [item.library.code for item in pool.components if item.volume_ul is None]
    if unsaid or not pool.components:
        message = f"{', '.join(unsaid)} has no volume yet" if unsaid else "there is no library in the pool"
        raise errors.Conflict(f"There is no pipetting list: {message}. Set the volumes first.", type="not-allowed")
    return [
        Part(
            library=item.library.code,
            samples=" ".join(dict.fromkeys(source.sample_code for source in item.library.sources)),
            volume_ul=item.volume_ul or 0,
        )
        for item in pool.components
    ]
