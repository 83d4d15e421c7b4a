"""What a cluster answers to one command, from the objects that it has; the command may change them."""

import base64
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.deployment.recorder import jsonpath, rendering

State = dict[str, Any]


class Refused(Exception):
    """What the server says no to."""

    def __init__(self, kind: str, says: str) -> None:
        super().__init__(says)
        self.kind = kind


def answer(call: Any, state: State) -> str:
    """Return what the command prints; Refused where the server would refuse."""
    verb = call.words[0]
    if verb not in VERBS:
        raise Refused("NotFound", f'unknown command "{verb}"')
    return VERBS[verb](call, state)


def key_of(kind: str, name: str) -> str:
    """Return under what an object is kept, whichever of its kind's names is used."""
    kind = kind.lower().partition(".")[0]
    for plural, single in (("ingresses", "ingress"), ("policies", "policy"), ("classes", "class")):
        kind = kind.replace(plural, single)
    return f"{kind if kind.endswith('ss') else kind.removesuffix('s')}/{name}"


def _kept(call: Any, state: State, things: list[str]) -> Iterator[tuple[str, Any]]:
    """Return the objects that a command names, by kind and name, by kind, or by kind and labels."""
    if len(things) > 1 and "/" not in things[0]:
        things = [f"{things[0]}/{name}" for name in things[1:]]
    for thing in things:
        kind, _, name = thing.partition("/")
        if name:
            if key_of(kind, name) in state["objects"]:
                yield key_of(kind, name), state["objects"][key_of(kind, name)]
            elif "--ignore-not-found" not in call.flags:
                raise Refused("NotFound", f'{kind} "{name}" not found')
            continue
        kinds = {key_of(each, "") for each in kind.split(",")}
        selector = call.flags.get("--selector", call.flags.get("-l", ""))
        for key, value in list(state["objects"].items()):
            if f"{key.partition('/')[0]}/" in kinds and _selected(selector, value):
                yield key, value


def _selected(selector: str, thing: Any) -> bool:
    labels = thing["metadata"].get("labels", {})
    for term in filter(None, selector.split(",")):
        name, differs, wanted = term.partition("!=")
        if differs:
            if labels.get(name) == wanted:
                return False
        elif "=" in term:
            name, _, wanted = term.partition("=")
            if labels.get(name) != wanted:
                return False
        elif term not in labels:
            return False
    return True


def _get(call: Any, state: State) -> str:
    raw = call.flags.get("--raw")
    if "--raw" in call.flags:
        raw = raw or call.words[1]
        if raw.startswith("/apis/route.openshift.io") and not state["openshift"]:
            raise Refused("NotFound", "the server could not find the requested resource")
        return "{}\n"
    if call.words[1] in ("pods", "events"):
        return str(state["tables"].get(call.words[1], ""))
    shape = call.flags.get("-o", "")
    if call.words[1] == "namespace":
        there = call.words[2] in state["namespaces"]
        return f"namespace/{call.words[2]}\n" if there else ""
    found = list(_kept(call, state, call.words[1:]))
    if shape == "name":
        return "".join(f"{key}\n" for key, _ in found)
    if shape.startswith("jsonpath="):
        single = len(call.words) == 2 and "/" in call.words[1]
        thing: Any = {"items": [value for _, value in found]}
        if single:
            thing = found[0][1] if found else {}
        return jsonpath.render(shape.removeprefix("jsonpath="), thing)
    return "".join(f"{key}   1/1\n" for key, _ in found)


def _apply(call: Any, state: State) -> str:
    dry = call.flags.get("--dry-run") == "server"
    said = []
    for thing in rendering.documents(Path(call.flags["-f"]).read_text("utf-8")):
        key = key_of(thing["kind"], thing["metadata"]["name"])
        if thing["kind"] == "Namespace":
            if not dry and thing["metadata"]["name"] not in state["namespaces"]:
                state["namespaces"].append(thing["metadata"]["name"])
        elif call.namespace not in state["namespaces"]:
            raise Refused("NotFound", f'namespaces "{call.namespace}" not found')
        elif thing["metadata"].get("namespace", call.namespace) != call.namespace:
            raise Refused("BadRequest", "the namespace of the object does not match")
        elif thing["kind"] == "Job" and key in state["objects"]:
            raise Refused("Invalid", "spec.template: field is immutable")
        elif not dry:
            _keep(call, key, thing, state=state)
        said.append(f"{key} serverside-applied\n")
    return "".join(said)


def _keep(call: Any, key: str, thing: Any, *, state: State) -> None:
    if thing["kind"] == "Job":
        outcome = state["jobs"]
        if state["pods"]:
            code, said = _in_a_pod(call, state, ["job", thing["metadata"]["name"]], given=json.dumps(thing))
            outcome = "Failed" if code else "Complete"
            state["logs"][key] = said
        thing["status"] = {"conditions": [{"type": outcome, "status": "True"}] if outcome else []}
    state["objects"][key] = thing


def _in_a_pod(call: Any, state: State, words: list[str], *, given: str) -> tuple[int, str]:
    """Let the test's own program do what runs in pods; return its exit code and all that it said."""
    done = subprocess.run(
        [*state["pods"], *words],
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=os.environ | {"RECORDER": str(call.folder)},
    )
    return done.returncode, done.stdout


def _exec(call: Any, state: State) -> str:
    if not state["pods"]:
        return _said(call, state)
    code, said = _in_a_pod(call, state, ["exec", call.words[1], *call.behind], given=call.input)
    if code:
        raise Refused("command", said)
    return said


def _logs(call: Any, state: State) -> str:
    return str(state["logs"].get(call.words[1], "")) or _said(call, state)


def _create(call: Any, state: State) -> str:
    said = []
    for thing in rendering.documents(Path(call.flags["-f"]).read_text("utf-8")):
        key = key_of(thing["kind"], thing["metadata"]["name"])
        if key in state["objects"]:
            raise Refused("AlreadyExists", f'{key} "already exists"')
        for value in thing.get("data", {}).values():
            base64.b64decode(value, validate=True)
        _keep(call, key, thing, state=state)
        said.append(f"{key} created\n")
    return "".join(said)


def _delete(call: Any, state: State) -> str:
    gone = [key for key, _ in _kept(call, state, call.words[1:])]
    for key in gone:
        del state["objects"][key]
    return "".join(f"{key} deleted\n" for key in gone)


def _new_project(call: Any, state: State) -> str:
    state["namespaces"].append(call.words[1])
    return ""


def _scale(call: Any, state: State) -> str:
    for _, thing in _kept(call, state, call.words[1:]):
        thing["spec"]["replicas"] = int(call.flags["--replicas"])
    return ""


def _kustomize(call: Any, state: State) -> str:
    try:
        return rendering.kustomize(Path(call.words[1]), call.rendered_by)
    except ValueError as failure:
        raise Refused("kustomize", str(failure)) from None


def _said(call: Any, state: State) -> str:
    """Answer what changes nothing here: as the test has told, else with nothing."""
    return str(state["says"].get(call.words[0], ""))


VERBS: dict[str, Callable[[Any, State], str]] = {
    "get": _get,
    "apply": _apply,
    "create": _create,
    "delete": _delete,
    "exec": _exec,
    "logs": _logs,
    "scale": _scale,
    "new-project": _new_project,
    "kustomize": _kustomize,
    **dict.fromkeys(("auth", "api-versions", "api-resources", "rollout", "wait", "annotate", "describe"), _said),
}
