"""The model of meanings: what it says, and when it says nothing."""

from pathlib import Path
from typing import Any

import pytest

from nanopore_tracking.services.ai.meanings import commands
from nanopore_tracking.services.ai.meanings import model as meanings
from nanopore_tracking.services.ai.meanings.model import SUMS, Meanings, Missing, checked, folder
from nanopore_tracking.services.ai.settings import ModelSettings

# What the makers of the library for such models have in their introduction for this one.
PUBLISHED = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]


@pytest.fixture(scope="module")
def model() -> Meanings:
    try:
        return Meanings.load(folder())
    except Missing as missing:
        pytest.skip(str(missing))


def test_nearness_is_what_its_makers_publish(model: Meanings) -> None:
    found = model.vectors(PUBLISHED)
    near = found @ found.T
    assert near[0].tolist() == pytest.approx([1.0, 0.6660, 0.1046], abs=1e-4)
    assert near[1, 2] == pytest.approx(0.1411, abs=1e-4)


def test_a_text_means_the_same_among_others_and_alone(model: Meanings) -> None:
    texts = [
        "Head of laboratory",
        "x",
        "The buffer in which all of these samples were eluted before shipment",
        "µL",
    ] * 9
    together = model.vectors(texts)
    assert together.shape == (36, meanings.WIDTH)
    assert (together**2).sum(1).tolist() == pytest.approx([1.0] * 36, abs=1e-5)
    for at in (0, 2, 33, 35):
        assert abs(together[at] - model.vectors([texts[at]])[0]).max() < 1e-5
    assert model.vectors([]).shape == (0, meanings.WIDTH)


def test_a_text_longer_than_the_model_reads_is_cut(model: Meanings) -> None:
    long = model.vectors(["sample " * 1000, "sample " * 2000])
    assert abs(long[0] - long[1]).max() < 1e-6


def test_other_weights_than_the_confirmed_ones_are_not_used(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}")
    with pytest.raises(Missing, match=r"model\.safetensors .* is not the file that was confirmed"):
        checked(tmp_path / "model.safetensors", SUMS["model.safetensors"])
    with pytest.raises(Missing, match="cannot be read: No such file"):
        Meanings.load(tmp_path / "nowhere")


def test_a_package_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meanings, "PACKAGE", "no_such_weights")
    with pytest.raises(Missing, match=r"not installed \(no-such-weights\): the extra `rag`"):
        folder()


async def test_off_says_so_and_loads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_loaded", list[Any]())
    assert await commands.vectors(ModelSettings(), ["Group leader"]) is None
    assert "NANOPORE_MEANINGS" in await commands.problem(ModelSettings())
    assert commands._loaded == []


async def test_without_its_package_texts_are_compared_by_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_loaded", list[Any]())
    monkeypatch.setattr(meanings, "PACKAGE", "no_such_weights")
    settings = ModelSettings(meanings="on")
    assert await commands.vectors(settings, ["Group leader"]) is None
    assert "compared by their spelling, protocols by their words" in await commands.problem(settings)
