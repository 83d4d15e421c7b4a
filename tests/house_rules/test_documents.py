"""What the documents say is so: every setting is explained, every `make` command and every link exists."""

import re
from pathlib import Path

import pytest

from nanopore_tracking.kernel import settings
from scripts import settings_page

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        ROOT / "README.md",
        *(ROOT / "docs").rglob("*.md"),
        *(page for place in ("src", "deployment") for page in (ROOT / place).rglob("README.md")),
    ]
)
_LINK = re.compile(r"\[[^\]]*\]\((?!https?://|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
_MAKE = re.compile(r"`make ([a-z][a-z-]*)")
_TARGET = re.compile(r"^([a-z][a-z-]*):(?!=)", re.MULTILINE)
_VARIABLE = re.compile(r"`((?:NANOPORE|[A-Z]+_DB|NATS|OTEL)_[A-Z0-9_]+)")


def broken_links(page: Path) -> list[str]:
    """Links to files that are not there."""
    return [link for link in _LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]


def unknown_targets(page: Path, makefile: str) -> list[str]:
    """Commands of make that the Makefile does not have."""
    return [name for name in _MAKE.findall(page.read_text("utf-8")) if name not in _TARGET.findall(makefile)]


def unknown_variables(page: Path, explained: str) -> list[str]:
    """Variables that the settings page does not have."""
    known = set(_VARIABLE.findall(explained)) | settings.OTHERS
    return [
        name
        for name in _VARIABLE.findall(page.read_text("utf-8"))
        if name not in known and name.removesuffix("_FILE") not in known and "_OWNER_URL" not in name
    ]


def test_every_setting_is_explained() -> None:
    assert settings_page.PAGE.read_text("utf-8") == settings_page.page(), "make docs writes the page again"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_names_only_what_is_there(page: Path) -> None:
    assert broken_links(page) == []
    assert unknown_targets(page, (ROOT / "Makefile").read_text("utf-8")) == []
    assert unknown_variables(page, settings_page.page()) == []


def test_what_is_not_there_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("See [the plan](plan.md), run `make coffee`, set `NANOPORE_COFFEE`.")

    assert broken_links(page) == ["plan.md"]
    assert unknown_targets(page, "tea: ## Make tea.\n") == ["coffee"]
    assert unknown_variables(page, settings_page.page()) == ["NANOPORE_COFFEE"]
