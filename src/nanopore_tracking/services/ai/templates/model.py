"""Known forms as data: what they call each field, their groups of choices, and the words by which they are known."""

import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

_SEED = Path(__file__).parents[1] / "seed"


class Option(msgspec.Struct, frozen=True):
    """One option of a group: label as it is printed, value as it is read."""

    label: str
    value: str


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Options of which one (`one`) or any number (`many`) is marked; label: printed above or before them."""

    field: str
    label: str
    kind: Literal["one", "many"]
    required: bool = False
    options: tuple[Option, ...]


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A form that is known.

    fingerprint: texts that are all on it and on no other form; labels: field → how the form calls it; columns: field
    of a sample → its headings; groups: of choices; ignored: labels that are known and mean nothing here.
    """

    name: str
    version: int = 1
    title: str = ""
    fingerprint: tuple[str, ...]
    labels: dict[str, tuple[str, ...]] = {}
    columns: dict[str, tuple[str, ...]] = {}
    groups: tuple[Group, ...] = ()
    ignored: tuple[str, ...] = ()


def recognise(templates: Sequence[Template], keys: set[str], spell: Callable[[str], str]) -> Template | None:
    """Return the template of which all texts of the fingerprint are on a form; keys: the form's texts as spelled."""
    fitting = [one for one in templates if one.fingerprint and all(spell(text) in keys for text in one.fingerprint)]
    return max(fitting, key=lambda one: (len(one.fingerprint), one.version), default=None)


@cache
def shipped() -> tuple[Template, ...]:
    """Return the templates that come with the product, which are files of the program itself."""
    files = sorted(_SEED.glob("*.toml"))
    return tuple(msgspec.convert(tomllib.loads(file.read_text("utf-8")), Template) for file in files)
