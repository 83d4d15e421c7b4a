"""Lists that are filtered, sorted and read page by page; a page starts after the last thing of the one before."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, NoReturn
from uuid import UUID

import msgspec

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.query import Malformed, Query, Reads, numbered

_BIGINT = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_INTEGER = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
_KEYS: Mapping[str, Any] = {
    "bigint": _BIGINT,
    "boolean": bool,
    "date": date,
    "double precision": float,
    "integer": _INTEGER,
    "numeric": Decimal,
    "smallint": _INTEGER,
    "text": Annotated[str, msgspec.Meta(pattern=r"^[^\x00]*\Z")],
    "timestamptz": Annotated[datetime, msgspec.Meta(tz=True)],
    "uuid": UUID,
}
_OPTION = re.compile(r"(?P<kind>filter|sort): *(?P<name>[a-z][a-z0-9_]*) +(?P<rest>.*)", re.DOTALL)
_TYPE = re.compile(r"(?P<type>double precision(?:\[\])?|[a-z0-9_]+(?:\[\])?)\s+(?P<sql>.+)", re.DOTALL)
_FIRST_COLUMN = re.compile(r"\s*SELECT\s+(?P<id>[\w.]+)(?:\s+AS\s+id)?\s*,")
_MARKS = ("/*sort*/", "/*where*/", "/*order*/")
_ORDER = re.compile(r"\bORDER\s+BY\s+/\*order\*/")
_KEPT = 500


@dataclass(frozen=True, slots=True)
class Page:
    """One page: each thing as JSON text, and where the following page starts; None on the last one."""

    items: list[str]
    next: str | None


class _Option:
    """A filter or a sort order: its name, the PostgreSQL type of its value, and its SQL."""

    __slots__ = ("kind", "name", "sql", "type")

    def __init__(self, text: str) -> None:
        head = _OPTION.fullmatch(text)
        body = _TYPE.fullmatch(head["rest"].strip()) if head else None
        if head is None or body is None:
            raise Malformed(f"a filter or sort needs a name, a type and an expression: {text}")
        self.kind, self.name = head["kind"], head["name"]
        self.type, self.sql = body["type"], " ".join(body["sql"].split())


class Listing:
    """A list of one kind of thing with its filters and sort orders.

    Things are told apart by the first column, `id`, which is a uuid unless a line `-- id: bigint` says otherwise.
    """

    def __init__(self, name: str, body: str, purpose: str) -> None:
        self.name = name
        self.purpose = purpose
        self._statement, lines = _split(body)
        self._id_type = next((line.split(":")[1].strip() for line in lines if line.startswith("id:")), "uuid")
        options = [_Option(line) for line in lines if not line.startswith("id:")]
        self.filters = {option.name: option for option in options if option.kind == "filter"}
        self.sorts = {option.name: option for option in options if option.kind == "sort"}
        self._id = self._checked()
        self._cursors = {
            name: _cursor_decoder(_KEYS[option.type], _KEYS[self._id_type]) for name, option in self.sorts.items()
        }
        self._composed: dict[tuple[Any, ...], Query] = {}

    def _checked(self) -> str:
        """Return the expression of the id column, after checking that everything fits together."""
        first = _FIRST_COLUMN.match(self._statement)
        if first is None or any(self._statement.count(mark) != 1 for mark in _MARKS):
            raise Malformed(f"{self.name}: a list selects id first and has each of {', '.join(_MARKS)} once")
        kinds = {option.type for option in self.sorts.values()} | {self._id_type}
        if not self.sorts or not kinds <= _KEYS.keys():
            raise Malformed(f"{self.name}: a list has sort orders, by values of {', '.join(_KEYS)}")
        taken = set(numbered(self._statement, {})[1]) | {"cursor_key", "cursor_id"}
        if "limit" not in taken or taken & self.filters.keys():
            raise Malformed(f"{self.name}: a list has :limit, and no filter named like another parameter")
        return first["id"]

    async def page(
        self,
        db: Reads,
        *,
        filters: Mapping[str, Any] | None = None,
        sort: str | None = None,
        after: str | None = None,
        limit: int = 50,
        **params: Any,
    ) -> Page:
        """Return one page.

        filters: None is no filter. sort: a name, descending with `-` in front; None for the first declared one.
        after: `next` of the page before. params: the other parameters of the statement, such as scope.
        Invalid for a filter, a sort order or a cursor that is none of this list.
        """
        chosen = {name: value for name, value in (filters or {}).items() if value is not None}
        if not chosen.keys() <= self.filters.keys():
            self._refuse_filters(chosen.keys() - self.filters.keys())
        order = next(iter(self.sorts)) if sort is None else sort
        column = order.removeprefix("-")
        if column not in self.sorts:
            self._refuse_sort()
        values = params | chosen
        values["limit"] = limit + 1
        if after is not None:
            values["cursor_key"], values["cursor_id"] = self._read_cursor(after, order)
        rows = await db.rows(self.query(tuple(sorted(chosen)), order, continued=after is not None), **values)
        items = [row["item"] for row in rows[:limit]]
        if len(rows) <= limit:
            return Page(items, None)
        last = rows[limit - 1]
        return Page(items, _cursor(order, last["sort_key"], last["id"]))

    async def count(self, db: Reads, *, filters: Mapping[str, Any] | None = None, most: int, **params: Any) -> int:
        """Return how many things there are, at most `most`; filters and params: as of `page`."""
        chosen = {name: value for name, value in (filters or {}).items() if value is not None}
        if not chosen.keys() <= self.filters.keys():
            self._refuse_filters(chosen.keys() - self.filters.keys())
        found: int = await db.value(self.counting(tuple(sorted(chosen))), **(params | chosen), limit=most)
        return found

    def counting(self, filters: tuple[str, ...]) -> Query:
        """Return the statement that counts what there is for these filters, up to :limit."""
        key = (filters,)
        found = self._composed.get(key)
        if found is None:
            if len(self._composed) >= _KEPT:
                self._composed.clear()
            types = {name: self.filters[name].type for name in filters}
            conditions = " ".join(f"AND ({self.filters[name].sql})" for name in filters)
            # The planner leaves out what the list selects, because nothing of it is asked for.
            page = _ORDER.sub("", self._statement).replace("/*sort*/", "NULL").replace("/*where*/", conditions)
            statement = f"SELECT count(*) FROM ({page.rstrip().removesuffix(';')}) AS found;"  # noqa: S608 (a listing's own)
            found = self._composed[key] = Query(self.name, statement, purpose=self.purpose, types=types)
        return found

    def query(self, filters: tuple[str, ...], order: str, *, continued: bool) -> Query:
        """Return the statement for these filters and this order, from the start or continued after a cursor."""
        key = (filters, order, continued)
        found = self._composed.get(key)
        if found is None:
            if len(self._composed) >= _KEPT:
                self._composed.clear()
            found = self._composed[key] = self._compose(filters, order, continued=continued)
        return found

    def _compose(self, filters: tuple[str, ...], order: str, *, continued: bool) -> Query:
        sort = self.sorts[order.removeprefix("-")]
        down = order.startswith("-")
        types = {name: self.filters[name].type for name in filters}
        conditions = [f"AND ({self.filters[name].sql})" for name in filters]
        if continued:
            types |= {"cursor_key": sort.type, "cursor_id": self._id_type}
            conditions.append(f"AND ({sort.sql}, {self._id}) {'<' if down else '>'} (:cursor_key, :cursor_id)")
        direction = "DESC" if down else "ASC"
        statement = (
            self._statement.replace("/*sort*/", sort.sql)
            .replace("/*where*/", " ".join(conditions))
            .replace("/*order*/", f"{sort.sql} {direction}, {self._id} {direction}")
        )
        return Query(self.name, statement, purpose=self.purpose, types=types)

    def _read_cursor(self, after: str, order: str) -> tuple[Any, Any]:
        try:
            text = base64.b64decode(after.encode("ascii") + b"=" * (-len(after) % 4), altchars=b"-_", validate=True)
            said, key, identity = self._cursors[order.removeprefix("-")].decode(text)
        except (ValueError, binascii.Error, msgspec.MsgspecError, RecursionError):
            _refuse_cursor()
        if said != order:
            _refuse_cursor()
        return key, identity

    def _refuse_sort(self) -> NoReturn:
        allowed = ", ".join(f"{name}, -{name}" for name in self.sorts)
        message = f"This list can be sorted by {allowed}."
        raise errors.Invalid(message, fields=[errors.FieldError("sort", message)])

    def _refuse_filters(self, strange: set[str]) -> NoReturn:
        allowed = ", ".join(self.filters) or "nothing"
        message = f"This list can be filtered by {allowed}."
        raise errors.Invalid(message, fields=[errors.FieldError(name, message) for name in sorted(strange)])


def _cursor_decoder(key: Any, identity: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(tuple.__class_getitem__((str, key, identity)))


def _cursor(order: str, key: Any, identity: Any) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode((order, key, identity))).decode().rstrip("=")


def _refuse_cursor() -> NoReturn:
    message = "This is not where a page of this list with this sort order starts. Begin with the first page."
    raise errors.Invalid(message, fields=[errors.FieldError("after", message)])


def _split(body: str) -> tuple[str, list[str]]:
    """Return the statement, and the lines of options under it, each with its continuation joined.

    An option goes on in lines that start with anything but `--`, or with `--` and two blanks.
    """
    statement, end, rest = body.partition(";")
    options: list[str] = []
    for line in rest.split("\n"):
        if line.startswith("-- ") and not line.startswith("--  "):
            options.append(line[3:])
        elif line.strip():
            if not options:
                raise Malformed(f"what does this line belong to: {line}")
            options[-1] += "\n" + line.removeprefix("--")
    return statement + end, options
