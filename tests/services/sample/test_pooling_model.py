"""How much goes into a pool: what can be pipetted, what is there, and how it is pooled again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nanopore_tracking.kernel import errors
from nanopore_tracking.services.sample.chain.model import amount_fmol
from nanopore_tracking.services.sample.pooling import model
from nanopore_tracking.services.sample.pooling.model import Part, Stock, Yielded


def test_each_library_gives_the_same_amount_and_buffer_fills_up() -> None:
    found = model.equimolar(
        [Stock(code="L1", molarity_nm=10, left_ul=50), Stock(code="L2", molarity_nm=5, left_ul=50)],
        target_fmol=100,
        target_volume_ul=20,
    )

    assert [dose.volume_ul for dose in found.doses] == [5, 10]
    assert (found.volume_ul, found.buffer_ul, found.amount_fmol, found.reached) == (15, 5, 100, True)


def test_shares_weigh_the_amount() -> None:
    stocks = [Stock(code="L1", molarity_nm=1, left_ul=None, share=3), Stock(code="L2", molarity_nm=1, left_ul=None)]

    assert [dose.volume_ul for dose in model.equimolar(stocks, target_fmol=40).doses] == [30, 10]


def test_what_cannot_be_reached_is_said() -> None:
    stocks = [
        Stock(code="strong", molarity_nm=100, left_ul=50),
        Stock(code="short", molarity_nm=1, left_ul=4),
        Stock(code="unknown", molarity_nm=None, left_ul=5),
    ]

    found = model.equimolar(stocks, target_fmol=30, target_volume_ul=3, least_ul=1)

    strong, short, unknown = found.doses
    assert (strong.volume_ul, strong.reached) == (1, False)
    assert "less than the 1 µL that can be pipetted" in strong.message
    assert "10 times as much of everything" in strong.message
    assert (short.volume_ul, short.fmol) == (4, 4)
    assert "4 µL are left, which hold 4 fmol" in short.message
    assert unknown.volume_ul is None
    assert "concentration and length" in unknown.message
    assert found.reached is False
    assert "concentrate the pool" in found.messages[-1]


def test_a_pool_without_libraries_is_refused() -> None:
    with pytest.raises(errors.Invalid):
        model.equimolar([], target_fmol=30)


STOCKS = st.lists(
    st.builds(
        Stock,
        code=st.just("L"),
        molarity_nm=st.one_of(st.none(), st.floats(0.01, 1000)),
        left_ul=st.one_of(st.none(), st.floats(0, 200)),
        share=st.floats(0.1, 10),
    ),
    min_size=1,
    max_size=12,
)


@given(stocks=STOCKS, target_fmol=st.floats(1, 1000), least_ul=st.floats(0.1, 5))
def test_never_more_than_there_is_and_reached_means_equimolar(
    stocks: list[Stock], target_fmol: float, least_ul: float
) -> None:
    found = model.equimolar(stocks, target_fmol=target_fmol, least_ul=least_ul)

    for stock, dose in zip(stocks, found.doses, strict=True):
        assert dose.reached or dose.message
        if stock.left_ul is not None and dose.volume_ul is not None:
            assert dose.volume_ul <= stock.left_ul
    if found.reached:
        assert found.amount_fmol == pytest.approx(target_fmol)
        assert all(dose.fmol == pytest.approx(dose.wanted_fmol) for dose in found.doses)


def test_re_pooling_gives_more_of_what_yielded_less() -> None:
    found = model.again(
        [
            Yielded(code="best", observed=40, target=20),
            Yielded(code="half", observed=20, target=20),
            Yielded(code="poor", observed=5, target=20),
            Yielded(code="none", observed=0, target=20),
        ],
        most=6,
    )

    by = {factor.library: factor for factor in found.factors}
    assert [factor.factor for factor in found.factors] == [1, 2, 6, 6]
    assert (by["best"].share, by["half"].share) == (0, 0)
    assert by["poor"].missing == 15
    assert by["poor"].share == pytest.approx(4.5)
    assert "cut at 6" in by["poor"].message
    assert "look for the cause" in by["none"].message


def test_nothing_is_pooled_again_where_all_is_there() -> None:
    found = model.again([Yielded(code="a", observed=20, target=20)])

    assert found.factors[0].share == 0
    assert found.messages == ["Every library has reached its target; nothing is to be pooled again."]


def test_a_pipetting_list_goes_down_the_columns_and_onto_a_second_plate() -> None:
    parts = [Part(library=f"L26-{n:06d}", samples="S26-000001", volume_ul=n / 3) for n in range(1, 98)]

    steps = model.pipetting("P26-000001", parts, buffer_ul=4)
    text = model.as_csv(steps)

    assert [step["source_position"] for step in steps[:9]] == ["A1", "B1", "C1", "D1", "E1", "F1", "G1", "H1", "A2"]
    assert (steps[96]["source_labware"], steps[96]["source_position"]) == ("libraries_2", "A1")
    assert steps[-1]["source_labware"] == "buffer"
    lines = text.split("\n")
    assert lines[0].startswith("step,source_labware,source_position,")
    assert lines[1] == "1,libraries_1,A1,L26-000001,S26-000001,pool,A1,P26-000001,0.33"
    assert (len(lines), text.isascii(), "\r" in text) == (100, True, False)


def test_no_cell_of_a_pipetting_list_is_a_formula() -> None:
    text = model.as_csv([{"source_code": "=1+1", "destination_code": "-P,1"}])

    assert text == "source_code,destination_code\n'=1+1,\"'-P,1\"\n"


def test_an_amount_is_by_660_grams_a_base_pair() -> None:
    assert amount_fmol(132, 1000) == pytest.approx(200)
