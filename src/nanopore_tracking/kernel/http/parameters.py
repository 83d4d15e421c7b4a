"""Turns the path and the query of a request into a handler's keyword arguments, checked by their annotations."""

import functools
import inspect
import math
import operator
import types
import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple
from urllib.parse import parse_qsl

import msgspec
from litestar.enums import ParamType
from litestar.params import ParameterKwarg

from nanopore_tracking.kernel import errors
from nanopore_tracking.kernel.http import problems

_MANY = 500
_BOUNDS = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern")


class Undeclared(TypeError):
    """A handler is declared in a way that cannot be served; the message names it and says what to change."""


class Declared(NamedTuple):
    """One parameter for the description. place: `path`, `query` or `header`."""

    name: str
    place: str
    kind: Any
    required: bool
    default: Any


class Parameters:
    """The declared parameters of one handler; inside they go by the name under which they are sent."""

    def __init__(self, function: Callable[..., Any], path_names: set[str]) -> None:
        """function: the handler; path_names: the parameters that stand in its path."""
        self.hints = typing.get_type_hints(function, include_extras=True)
        signature = inspect.signature(function).parameters
        self.takes_request = "request" in signature
        self.takes_body = "data" in signature
        self.declared: list[Declared] = []
        fields: list[Any] = []
        for name, parameter in signature.items():
            if name not in ("request", "data"):
                one = _declared(parameter, self.hints.get(name, Any), path_names)
                self.declared.append(one)
                fields.append((name, one.kind, _field(one)))
        self._query = frozenset(one.name for one in self.declared if one.place == "query")
        self._lists = frozenset(one.name for one in self.declared if one.place == "query" and _is_list(one.kind))
        self._headers = [one.name for one in self.declared if one.place == "header"]
        self._struct = msgspec.defstruct(f"{function.__name__}_parameters", fields, kw_only=True)

    def read(self, scope: Any, headers: Mapping[bytes, bytes], *, strict: bool) -> dict[str, Any]:
        """Return the keyword arguments; Invalid with the name of every wrong parameter.

        strict: an unknown query parameter is refused too, so that a mistyped filter does not show everything.
        """
        query = scope["query_string"]
        values: dict[str, Any] = dict(scope["path_params"])
        for name in self._headers:
            sent = headers.get(name.lower().encode())
            if sent is not None:
                values[name] = sent.decode("latin-1")
        if query and (strict or self._query):
            self._collect(values, query, strict=strict)
        if not self.declared:
            return {}
        try:
            found = msgspec.structs.asdict(msgspec.convert(values, self._struct, strict=False))
        except msgspec.ValidationError as failure:
            raise _invalid([problems.of_invalid(failure, kind=self._struct, content=values)]) from None
        for name, value in found.items():
            if type(value) is float and not math.isfinite(value):
                raise _invalid([errors.FieldError(name, "This must be a finite number.")])
        return found

    def _collect(self, values: dict[str, Any], query: bytes, *, strict: bool) -> None:
        for name, value in _parsed(query):
            if name not in self._query:
                if strict:
                    raise _invalid([errors.FieldError(name[:100], "This parameter is not known here.")])
            elif "\x00" in value:
                raise _invalid([errors.FieldError(name, "This has the character NUL, which is not allowed.")])
            elif name in self._lists:
                values.setdefault(name, []).append(value)
            elif name in values:
                raise _invalid([errors.FieldError(name, "This parameter is given twice.")])
            else:
                values[name] = value


def _declared(parameter: inspect.Parameter, hint: Any, path_names: set[str]) -> Declared:
    """Return where a parameter comes from, under which name, and what it must be."""
    kind, said = _plain(hint)
    required = parameter.default is inspect.Parameter.empty
    sent = (said.name if said is not None else None) or parameter.name
    place = "path" if parameter.name in path_names else "query"
    if said is not None and said.param_type == ParamType.HEADER:
        place = "header"
    return Declared(sent, place, kind, required, None if required else parameter.default)


@functools.lru_cache(1024)
def _parsed(query: bytes) -> tuple[tuple[str, str], ...]:
    """Return the named values of a query; a parameter without a value counts as not given."""
    try:
        return tuple(parse_qsl(query.decode("ascii"), max_num_fields=_MANY, errors="strict"))
    except UnicodeDecodeError:
        raise errors.Invalid("The query of the address is not UTF-8 text.") from None
    except ValueError:
        raise errors.Invalid(f"The query of the address has more than {_MANY} parameters.") from None


def _field(one: Declared) -> Any:
    if one.required:
        return msgspec.field(name=one.name)
    if isinstance(one.default, list):
        return msgspec.field(name=one.name, default_factory=functools.partial(list, one.default))
    return msgspec.field(name=one.name, default=one.default)


def _plain(kind: Any) -> tuple[Any, ParameterKwarg | None]:
    """Return the annotation in msgspec's words, and what litestar.params said about it."""
    if typing.get_origin(kind) is not typing.Annotated:
        return kind, None
    inner, *notes = typing.get_args(kind)
    said = next((note for note in notes if isinstance(note, ParameterKwarg)), None)
    if said is None:
        return kind, None
    bounds = {word: getattr(said, word) for word in _BOUNDS if getattr(said, word, None) is not None}
    return (_bounded(inner, msgspec.Meta(**bounds)) if bounds else inner), said


def _bounded(kind: Any, bounds: msgspec.Meta) -> Any:
    """Return the annotation with bounds, which in a union hold for every member but None."""
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        members = [member if member is type(None) else _bounded(member, bounds) for member in typing.get_args(kind)]
        return functools.reduce(operator.or_, members)
    return Annotated[kind, bounds]


def _is_list(kind: Any) -> bool:
    origin = typing.get_origin(kind)
    if origin in (list, tuple, set, frozenset):
        return True
    if origin is typing.Annotated:
        return _is_list(typing.get_args(kind)[0])
    return any(_is_list(inner) for inner in typing.get_args(kind)) if origin is not None else False


def _invalid(fields: list[errors.FieldError]) -> errors.Invalid:
    return errors.Invalid(f"{fields[0].path}: {fields[0].message}", fields=fields)
