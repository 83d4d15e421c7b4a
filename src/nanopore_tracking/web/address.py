"""The address of a list: every state that a person can see is in it, so that it can be shared and gone back to.

And addresses that browsers send, which may be anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, quote, urlencode, urlsplit

#: How many earlier pages the address remembers; going back further starts at the first page.
TRAIL = 24
#: What an address says besides what narrows the list.
BESIDE = {"sort", "after", "trail", "open", "columns", "view", "choose"}


def parts(said: str) -> SplitResult:
    """Return the parts of an address; all of them blank for what is none."""
    try:
        return urlsplit(said)
    except ValueError:
        return urlsplit("")


def own(path: str) -> str:
    """Return the path, fit for a header, if it leads to a page of this front, else the front page."""
    # Browsers drop line ends and tabs, and take \ for /.
    if not path.isprintable() or not path.startswith("/") or path[1:2] in ("/", "\\"):
        return "/"
    return quote(path, safe="!#$%&'()*+,/:;=?@[]")


@dataclass(frozen=True, kw_only=True)
class Address:
    """A path with the query parameters that mean something there.

    `after` is the cursor of the page shown, `trail` the cursors of the pages before it, with a tilde between them.
    """

    path: str
    values: Mapping[str, str]
    default_sort: str = ""

    @classmethod
    def of(cls, request: Any, names: tuple[str, ...], default_sort: str = "") -> "Address":
        """Read the named parameters of a request; anything else in its query is dropped."""
        return cls.said(request.url.path, request.query_params, names, default_sort=default_sort)

    @classmethod
    def said(cls, path: str, said: Mapping[str, str], names: tuple[str, ...], *, default_sort: str = "") -> "Address":
        """Return the address of a path with those of the parameters that are known there."""
        known = (*names, "sort", "after", "trail")
        values = {name: said.get(name, "").strip() for name in known}
        return cls(path=path, values={k: v for k, v in values.items() if v}, default_sort=default_sort)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def state(self) -> str:
        """The parameters as a query."""
        return urlencode(self.values)

    @property
    def sort(self) -> str:
        """The column that orders the list, with a hyphen before it when descending."""
        return self.values.get("sort", self.default_sort)

    @property
    def first(self) -> bool:
        """Whether this is the first page."""
        return "after" not in self.values

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list."""
        return bool(self.values.keys() - BESIDE)

    def with_(self, **changes: str | None) -> str:
        """Return the address with some parameters changed; a changed order or filter starts at the first page."""
        values = {**self.values, **changes}
        if "after" in changes and changes["after"] is None:
            values["trail"] = None
        kept = {name: value for name, value in values.items() if value}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    def next(self, cursor: str) -> str:
        """Return the address of the page after this one."""
        before = [part for part in self["trail"].split("~") if part] + ([self["after"]] if self["after"] else [])
        return self.with_(after=cursor, trail="~".join(before[-TRAIL:]), open=None)

    def previous(self) -> str:
        """Return the address of the page before this one."""
        before = [part for part in self["trail"].split("~") if part]
        after = before.pop() if before else None
        return (
            self.with_(after=after, open=None)
            if after is None
            else self.with_(after=after, trail="~".join(before) or None, open=None)
        )

    def query(self, *names: str) -> dict[str, str]:
        """Return the named parameters that are set, for asking a service."""
        return {name: self.values[name] for name in names if name in self.values}
