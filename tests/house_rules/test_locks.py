"""Holds the two locks together: the image runs what the tests ran."""

from pathlib import Path

ROOT = Path(__file__).parents[2]


def _pinned(text: str) -> set[str]:
    return {line.removesuffix("\\").strip() for line in text.splitlines() if line[:1].isalpha()}


def strangers(image: str, whole: str) -> set[str]:
    """Return what the image's lock has in another version than the whole lock, or alone."""
    return _pinned(image) - _pinned(whole)


def test_the_image_runs_what_was_tested() -> None:
    image, whole = (ROOT / name for name in ("requirements-image.lock", "requirements.lock"))

    assert _pinned(image.read_text("utf-8"))
    assert strangers(image.read_text("utf-8"), whole.read_text("utf-8")) == set()


def test_another_version_is_found() -> None:
    assert strangers("litestar==2.1 \\\n    --hash=x\n", "litestar==2.2 \\\n    --hash=y\n") == {"litestar==2.1"}
