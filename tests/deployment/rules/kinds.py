"""Every object must fit the schema of its kind, strictly; a kind without a schema is wrong."""

import functools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
from kubernetes_validate import utils

from tests.deployment.rendering import Thing, called, loaded

VERSION = "1.34"
#: Kinds that Kubernetes itself does not have, described as far as they are used here; another field is refused.
_OTHERS = Path(__file__).parent / "kinds.yaml"

# It reads a megabyte of definitions again for every object, and looks which versions there are.
utils.schema_contents = functools.cache(utils.schema_contents)
utils.all_versions = functools.cache(utils.all_versions)


def invalid(things: Iterable[Thing]) -> list[str]:
    """What a strict API server would refuse."""
    others = _others()
    found = []
    for thing in {json.dumps(thing, sort_keys=True): thing for thing in things}.values():
        kind = f"{thing['apiVersion']} {thing['kind']}"
        if kind in others["kinds"]:
            validator = jsonschema.Draft202012Validator({**others["kinds"][kind], "$defs": others["$defs"]})
            found += [f"{called(thing)}: {_where(error)}" for error in validator.iter_errors(thing)]
        else:
            found += _checked(thing)
    return found


@functools.cache
def _others() -> Any:
    return next(loaded(_OTHERS.read_text("utf-8")))


def _checked(thing: Thing) -> list[str]:
    try:
        kubernetes_validate.validate(thing, VERSION, strict=True)
    except kubernetes_validate.SchemaNotFoundError:
        return [f"{called(thing)}: nobody knows {thing['apiVersion']} {thing['kind']}"]
    except kubernetes_validate.ValidationError as failure:
        return [f"{called(thing)}: {failure.message}"]
    return []


def _where(error: Any) -> str:
    return f"{'.'.join(str(part) for part in error.absolute_path)}: {error.message}"
