"""Options whose boxes stand behind them, drawn or typed, in one line or in several."""

from collections.abc import Callable, Sequence

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.services.ai.forms.choice_forms import mark, outline
from tests.services.ai.forms.small_forms import fields, pdf
from tests.services.ai.forms.test_layouts import say

OPTIONS = ("Normal", "Urgent", "Rush")


def box(canvas: Canvas, x: float, y: float, *, on: bool) -> None:
    outline(canvas, (x, 792 - y + 3.5), 9, shape="box")
    if on:
        mark(canvas, (x, 792 - y + 3.5), 9, pen="cross")


def beside(chosen: int, *, gap: float, next_gap: float, options: Sequence[str] = OPTIONS) -> Callable[[Canvas], None]:
    """Draw options in one line, each with its box behind it. gap, next_gap: from text to box, and to the next text."""

    def draw(canvas: Canvas) -> None:
        say(canvas, 60, 120, "Quote No.:", bold=True)
        say(canvas, 180, 120, "RQ-1001")
        say(canvas, 60, 150, "Priority:", bold=True)
        x = 180.0
        for number, text in enumerate(options):
            say(canvas, x, 150, text)
            x += canvas.stringWidth(text, "Helvetica", 10) + gap
            box(canvas, x + 4.5, 150, on=number == chosen)
            x += 9 + next_gap
        say(canvas, 60, 180, "Organism:", bold=True)
        say(canvas, 180, 180, "Exampella testii")

    return draw


def below(chosen: int, *, gap: float) -> Callable[[Canvas], None]:
    """Draw options in one line each, with their boxes behind them."""

    def draw(canvas: Canvas) -> None:
        say(canvas, 60, 150, "Priority:", bold=True)
        for number, text in enumerate(OPTIONS):
            y = 150 + 15 * number
            say(canvas, 180, y, text)
            box(canvas, 184.5 + canvas.stringWidth(text, "Helvetica", 10) + gap, y, on=number == chosen)
        say(canvas, 60, 220, "Organism:", bold=True)
        say(canvas, 180, 220, "Exampella testii")

    return draw


def typed(chosen: int, *, signs: tuple[str, str], between: str) -> Callable[[Canvas], None]:
    """Draw options in one line, each with a box of letters behind it."""

    def draw(canvas: Canvas) -> None:
        say(canvas, 60, 150, "Priority:", bold=True)
        texts = [f"{text} {signs[number == chosen]}" for number, text in enumerate(OPTIONS)]
        say(canvas, 180, 150, between.join(texts))
        say(canvas, 60, 180, "Organism:", bold=True)
        say(canvas, 180, 180, "Exampella testii")

    return draw


@pytest.mark.parametrize("chosen", range(3))
@pytest.mark.parametrize("gaps", [(3, 8), (3, 12), (3, 30), (6, 20), (10, 40)])
def test_the_box_behind_an_option_is_its_own(chosen: int, gaps: tuple[float, float]) -> None:
    found = fields(pdf([], draw=beside(chosen, gap=gaps[0], next_gap=gaps[1])))

    assert (found["priority"].value, found["priority"].state) == (OPTIONS[chosen], "read")
    assert found["organism"].value == "Exampella testii"


def test_nothing_is_chosen_where_no_box_behind_an_option_is_marked() -> None:
    found = fields(pdf([], draw=beside(7, gap=3, next_gap=12)))

    assert found["priority"].value is None


@pytest.mark.parametrize("chosen", range(3))
@pytest.mark.parametrize("gap", [3, 8])
def test_boxes_behind_options_of_several_lines(chosen: int, gap: float) -> None:
    assert fields(pdf([], draw=below(chosen, gap=gap)))["priority"].value == OPTIONS[chosen]


@pytest.mark.parametrize("chosen", range(3))
@pytest.mark.parametrize("between", [" ", "   ", "          "])
@pytest.mark.parametrize("signs", [("[ ]", "[x]"), ("( )", "(X)")])
def test_typed_boxes_behind_options(chosen: int, between: str, signs: tuple[str, str]) -> None:
    found = fields(pdf([], draw=typed(chosen, signs=signs, between=between)))

    assert found["priority"].value == OPTIONS[chosen]


def test_yes_and_no_with_boxes_behind_them() -> None:
    def draw(canvas: Canvas) -> None:
        say(canvas, 60, 150, "Human DNA?", bold=True)
        for number, (x, text) in enumerate(((180, "Yes"), (220, "No"))):
            say(canvas, x, 150, text)
            box(canvas, x + 24, 150, on=number == 1)

    found = fields(pdf([], draw=draw))
    assert [each.value for name, each in found.items() if "human" in name] == [False]


def test_a_box_behind_a_label_is_no_option() -> None:
    def draw(canvas: Canvas) -> None:
        say(canvas, 60, 150, "Priority:", bold=True)
        box(canvas, 112, 150, on=False)
        say(canvas, 120, 150, "Normal")
        box(canvas, 162, 150, on=True)
        say(canvas, 170, 150, "Urgent")

    assert fields(pdf([], draw=draw))["priority"].value == "Urgent"
