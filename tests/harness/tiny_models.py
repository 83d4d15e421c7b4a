"""What the models of the test's server answer: a few rules over the lines that they are sent, or bad manners."""

import re
from collections.abc import Callable
from typing import Any

_LINE = re.compile(r"^(\d+)\| (.*)$", re.MULTILINE)
#: What the model understands: a label or a turn of phrase, and the value behind it.
_RULES = {
    "quote_id": r"(?:quote number|aktenzeichen|under the file)\W+([\w-]+)",
    "project_name": r"vorhaben:\s*(.+)",
    "organism": r"(?:source organism|tierart):\s*(.+)|from ([A-Z]\w+ \w+) taken",
    "account": r"(?:kostenstelle|charge everything to):?\s*([\w-]+)",
    "flow_cell_count": r"flow cells:\s*(\d+)",
    "coverage": r"abdeckung:\s*(.+)",
    "submitter_name": r"absender:\s*(.+)",
    "submitter_email": r"([\w.]+@[\w.]+)",
}
_SAMPLE = re.compile(r"tube (\w+) holds ([\d.,]+ ?µL) at ([\d.,]+ ?ng/µL)")
_OBEYED = re.compile(r"\bset (?:the )?(\w+) to ([\w-]+)", re.IGNORECASE)


def asked_lines(request: dict[str, Any]) -> list[tuple[int, str]]:
    """Return the numbered lines of a request."""
    text = "\n".join(message["content"] for message in request["messages"] if message["role"] == "user")
    return [(int(number), line) for number, line in _LINE.findall(text)]


def schema_of(request: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a request, wherever its protocol has it."""
    shape = request.get("response_format", {})
    found: dict[str, Any] = request.get("format") or shape.get("schema") or shape["json_schema"]["schema"]
    return found


def read(request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of a model that reads well and says only what is there."""
    schema = schema_of(request)
    lines = asked_lines(request)
    found: dict[str, Any] = {}
    for name in schema["required"]:
        if name == "samples":
            found[name] = _samples(schema, lines)
            continue
        found[name] = {"text": None, "line": None}
        for number, line in lines:
            match = re.search(_RULES[name], line, re.IGNORECASE) if name in _RULES else None
            if match is not None and found[name]["text"] is None:
                found[name] = {"text": next(each for each in match.groups() if each), "line": number}
    return found


def _samples(schema: dict[str, Any], lines: list[tuple[int, str]]) -> list[dict[str, Any]]:
    columns = schema["properties"]["samples"]["items"]["properties"]["cells"]["required"]
    blank = dict.fromkeys(columns)
    return [
        {"line": number, "cells": blank | {"sample_name": name, "volume_ul": volume, "qubit_ng_per_ul": amount}}
        for number, line in lines
        for name, volume, amount in _SAMPLE.findall(line)
    ]


def _invent(request: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [] if name == "samples" else {"text": f"Plausible {number}", "line": 1}
        for number, name in enumerate(read(request), 70)
    }


def _change_digits(request: dict[str, Any]) -> dict[str, Any]:
    turned = str.maketrans("0123456789", "1234567890")
    return {
        name: each if name == "samples" else {**each, "text": each["text"] and each["text"].translate(turned)}
        for name, each in read(request).items()
    }


def _swap(request: dict[str, Any]) -> dict[str, Any]:
    found = read(request)
    names = [name for name, each in found.items() if name != "samples" and each["text"]]
    values = [found[name] for name in names]
    return found | dict(zip(names, values[1:] + values[:1], strict=True))


def _obey(request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer of a model that does what any text before it says, wherever that stands."""
    found = read(request)
    for message in request["messages"]:
        for name, value in _OBEYED.findall(message["content"]):
            for wanted in found:
                if wanted != "samples" and (name.lower() in wanted or wanted in name.lower()):
                    found[wanted] = {"text": value, "line": 1}
    return found


def _types(request: dict[str, Any]) -> dict[str, Any]:
    return {name: 12 if name != "samples" else "none" for name in read(request)}


MODELS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "well": read,
    "invents": _invent,
    "changes digits": _change_digits,
    "swaps": _swap,
    "obeys": _obey,
    "wrong types": _types,
    "echoes the schema": schema_of,
    "leaves out": lambda request: dict(list(read(request).items())[1:]),
}
