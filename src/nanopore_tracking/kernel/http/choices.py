"""Which values may stand where a wrong one was sent, as the declared type says at the path that the decoder names."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import inspect

_STEP = re.compile(r"\.(?P<field>[^.\[\]]+)|\[(?P<place>\d+|\.\.\.)\]")
_LISTS = (inspect.ListType, inspect.SetType, inspect.FrozenSetType, inspect.VarTupleType)
#: Choices that a sentence names.
_NAMED = 40

Kinds = list[inspect.Type]


def at(kind: Any, path: str, content: Any, *, key: bool = False) -> list[str]:
    """Return the values that may stand at a path below a declared type; none where any value of a kind may.

    content: what was sent, which tells one of several structs by its tag. key: the name itself is wrong, not its value.
    """
    kinds = list(_flat(inspect.type_info(kind)))
    for step in _STEP.finditer(path):
        name = step["field"]
        if name is None:
            kinds, content = _inside(kinds, step["place"], content)
            continue
        tags = [str(found.tag) for found in kinds if isinstance(found, inspect.StructType) and found.tag_field == name]
        if tags and step.end() == len(path):
            return tags
        kinds = _field(kinds, name, content)
        content = content.get(name) if isinstance(content, dict) else None
    if key:
        kinds = [one for found in kinds if isinstance(found, inspect.DictType) for one in _flat(found.key_type)]
    return list(dict.fromkeys(value for found in kinds for value in _values(found)))


def sentence(values: list[str]) -> str:
    """Return what is said of a value that is none of these."""
    named = ", ".join(value or '""' for value in values[:_NAMED])
    more = f" and {len(values) - _NAMED} more" if len(values) > _NAMED else ""
    return f"This must be one of {named}{more}."


def _flat(found: inspect.Type) -> Iterator[inspect.Type]:
    """Return the kinds that a declared one is made of."""
    if isinstance(found, inspect.Metadata):
        yield from _flat(found.type)
    elif isinstance(found, inspect.UnionType):
        for one in found.types:
            yield from _flat(one)
    else:
        yield found


def _field(kinds: Kinds, name: str, content: Any) -> Kinds:
    structs = [found for found in kinds if isinstance(found, inspect.StructType)]
    sent = content if isinstance(content, dict) else {}
    meant = [found for found in structs if found.tag_field and sent.get(found.tag_field) == found.tag] or structs
    fields = [field for found in meant for field in found.fields if field.encode_name == name]
    return [one for field in fields for one in _flat(field.type)]


def _inside(kinds: Kinds, place: str, content: Any) -> tuple[Kinds, Any]:
    found: Kinds = []
    for one in kinds:
        if isinstance(one, _LISTS):
            found += _flat(one.item_type)
        elif isinstance(one, inspect.DictType):
            found += _flat(one.value_type)
        elif isinstance(one, inspect.TupleType) and place.isdecimal() and int(place) < len(one.item_types):
            found += _flat(one.item_types[int(place)])
    known = isinstance(content, list) and place.isdecimal() and int(place) < len(content)
    return found, content[int(place)] if known else None


def _values(found: inspect.Type) -> list[str]:
    if isinstance(found, inspect.LiteralType):
        return [str(value) for value in found.values]
    if isinstance(found, inspect.EnumType):
        return [str(msgspec.to_builtins(member)) for member in found.cls]
    return []
