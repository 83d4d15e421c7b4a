"""As much of kubectl's JSONPath as the scripts ask for: fields, lists, one filter, ranges and texts."""

import re
from collections.abc import Iterator
from typing import Any

_PART = re.compile(r"\{(?:(?P<text>'[^']*'|\"[^\"]*\")|range (?P<range>[^}]+)|(?P<end>end)|(?P<path>[^}]+))\}")
_STEP = re.compile(r"\.((?:\\.|[^.\[\\])+)|\[(\d+)\]|(\[\*\])|\[\?\(@\.([\w.]+)==\"([^\"]*)\"\)\]")


def render(template: str, thing: Any) -> str:
    """Return what kubectl would print."""
    return "".join(_rendered(list(_parts(template)), thing))


def _parts(template: str) -> Iterator[tuple[str, str]]:
    end = 0
    for found in _PART.finditer(template):
        if template[end : found.start()]:
            yield "text", template[end : found.start()]
        kind = str(found.lastgroup)
        said = found[kind]
        yield kind, said[1:-1].replace("\\n", "\n").replace("\\t", "\t") if kind == "text" else said
        end = found.end()
    if template[end:]:
        yield "text", template[end:]


def _rendered(parts: list[tuple[str, str]], thing: Any) -> Iterator[str]:
    place = 0
    while place < len(parts):
        kind, said = parts[place]
        if kind == "text":
            yield said
        elif kind == "path":
            yield " ".join(_shown(value) for value in find(said, thing))
        elif kind == "range":
            last = _end_of(parts, place)
            for value in find(said, thing):
                yield from _rendered(parts[place + 1 : last], value)
            place = last
        place += 1


def _end_of(parts: list[tuple[str, str]], place: int) -> int:
    depth = 0
    for later in range(place, len(parts)):
        depth += {"range": 1, "end": -1}.get(parts[later][0], 0)
        if depth == 0:
            return later
    raise ValueError("a range has no end")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def find(path: str, thing: Any) -> list[Any]:
    """Return what a path leads to; nothing where there is nothing."""
    found = [thing]
    rest = path.strip()
    while rest and rest != "@":
        step = _STEP.match(rest)
        if step is None:
            raise ValueError(f"{path} is more than is known here")
        rest = rest[step.end() :]
        found = [value for one in found for value in _next(one, step)]
    return found


def _next(one: Any, step: re.Match[str]) -> list[Any]:
    name, index, every, key, wanted = step.groups()
    if name is not None:
        name = re.sub(r"\\(.)", r"\1", name)
        return [one[name]] if isinstance(one, dict) and name in one else []
    if not isinstance(one, list):
        return []
    if index is not None:
        return one[int(index) : int(index) + 1]
    if every:
        return one
    return [each for each in one if find(f".{key}", each) == [wanted]]
