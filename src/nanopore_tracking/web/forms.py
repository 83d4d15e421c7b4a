"""A form described by a message struct: the same description writes the inputs, reads them and places the errors."""

import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

import msgspec

from nanopore_tracking.kernel import errors
from nanopore_tracking.web import words

Options = Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One input: its name, what it is called, its unit, its value as sent or stored, and what is wrong with it."""

    name: str
    label: str
    kind: str = "text"
    unit: str = ""
    hint: str = ""
    required: bool = False
    value: Any = None
    error: str = ""
    options: Options = ()
    inputmode: str = ""
    autocomplete: str = ""
    rows: int = 3
    many: bool = False

    @property
    def text(self) -> str:
        """The value as it stands in the input."""
        if self.value is None:
            return ""
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        if isinstance(self.value, list | tuple):
            return ", ".join(str(item) for item in self.value)
        if isinstance(self.value, datetime):
            return self.value.astimezone(words.zone.get()).strftime("%Y-%m-%dT%H:%M")
        return str(self.value)


@dataclass(frozen=True, kw_only=True)
class Form:
    """Some fields, and an error that belongs to none of them."""

    fields: Sequence[Field] = field(default_factory=tuple)
    error: errors.Problem | None = None

    def named(self, name: str) -> Field:
        """Return the field of that name; KeyError where there is none."""
        for item in self.fields:
            if item.name == name:
                return item
        raise KeyError(name)

    def filled(self, values: Mapping[str, Any]) -> "Form":
        """Return the form with these values in its inputs."""
        fields = [replace(item, value=values.get(item.name, item.value)) for item in self.fields]
        return replace(self, fields=fields)

    def refused(self, problem: errors.Problem, sent: Mapping[str, str]) -> "Form":
        """Return the form as it was sent, each error beside its field and the rest above all."""
        said = {_leaf(item.path): item.message for item in problem.fields}
        names = {item.name for item in self.fields}
        fields = [replace(item, value=sent.get(item.name, ""), error=said.get(item.name, "")) for item in self.fields]
        rest = [item for item in problem.fields if _leaf(item.path) not in names]
        if said and not rest and names & said.keys():
            return replace(self, fields=fields, error=None)
        left = errors.Problem(problem.message, type=problem.type, fields=rest, **problem.extra) if said else problem
        return replace(self, fields=fields, error=left)

    def read(self, sent: Mapping[str, str]) -> dict[str, Any]:
        """Return what was typed as JSON values: blank is None, numbers are numbers where they can be read as such.

        A decimal comma is a decimal point, a time is one in the facility's zone. What cannot be read stays text, so
        that the service names the field.
        """
        return {
            item.name: _value(item, sent.get(item.name, ""))
            for item in self.fields
            if item.name in sent or item.kind == "checkbox"
        }


def _leaf(path: str) -> str:
    return path.rsplit(".", 1)[-1].split("[", 1)[0]


def _value(item: Field, raw: str) -> Any:
    text = raw.strip()
    if item.kind == "checkbox":
        return text in ("true", "on", "1")
    if not text:
        return None
    if item.many:
        return [part.strip() for part in text.split(",") if part.strip()]
    if item.inputmode == "numeric":
        return int(text) if text.lstrip("+-").isdigit() else text
    if item.inputmode == "decimal":
        try:
            return float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
        except ValueError:
            return text
    if item.kind == "datetime-local":
        return _moment(text)
    return text


def _moment(text: str) -> str:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (found if found.tzinfo else found.replace(tzinfo=words.zone.get())).isoformat()


def of(struct: type[msgspec.Struct], *, skip: Sequence[str] = (), options: Mapping[str, Options] | None = None) -> Form:
    """Describe the form of a message struct: one input for each field that is not skipped.

    options: choices for fields whose type does not list them. Labels, units and required come from names and types.
    """
    fields = []
    hints = typing.get_type_hints(struct, include_extras=True)
    for item in msgspec.structs.fields(struct):
        if item.name in skip:
            continue
        required = item.default is msgspec.NODEFAULT and item.default_factory is msgspec.NODEFAULT
        described = _field(item.name, hints[item.name], (options or {}).get(item.name))
        fields.append(replace(described, required=described.required and required and described.kind != "checkbox"))
    # Areas of text are as wide as the form, so that they stand below all others.
    return Form(fields=sorted(fields, key=lambda item: item.kind == "textarea"))


def _field(name: str, annotation: Any, options: Options | None) -> Field:
    kind, description, optional = _unwrap(annotation)
    base, unit = words.unit_of(name)
    result = Field(name=name, label=words.words(base), unit=unit, hint=description, required=not optional)
    if options is not None:
        return replace(result, kind="select", options=options)
    origin = typing.get_origin(kind)
    if origin is Literal:
        return replace(
            result, kind="select", options=[(str(value), words.words(value)) for value in typing.get_args(kind)]
        )
    if origin in (list, tuple, set, frozenset):
        return replace(result, many=True, hint=description or "Several with commas between them")
    if kind is bool:
        return replace(result, kind="checkbox")
    if kind is int:
        return replace(result, inputmode="numeric")
    if kind is float:
        return replace(result, inputmode="decimal")
    if getattr(kind, "__name__", "") == "date":
        return replace(result, kind="date")
    if getattr(kind, "__name__", "") == "datetime":
        return replace(result, kind="datetime-local", unit=words.zone_name())
    if name in ("note", "comment", "reason", "notes"):
        return replace(result, kind="textarea", rows=2)
    return replace(result, autocomplete="off")


def _unwrap(annotation: Any) -> tuple[Any, str, bool]:
    """Return the plain type, its description, and whether None or absence is allowed."""
    description, optional = "", False
    while True:
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            for meta in annotation.__metadata__:
                description = description or getattr(meta, "description", None) or ""
            annotation = typing.get_args(annotation)[0]
        elif origin in (typing.Union, types.UnionType):
            inside = typing.get_args(annotation)
            kept = [part for part in inside if part not in (type(None), msgspec.UnsetType)]
            optional = optional or len(kept) < len(inside)
            if len(kept) != 1:
                return kept[0], description, optional
            annotation = kept[0]
        else:
            return annotation, description, optional
