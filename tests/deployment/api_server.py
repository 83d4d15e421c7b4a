"""As much of the API of Kubernetes over HTTP as kubectl needs: discovery, objects, server-side apply, scaling.

Whatever is stored is ready at once, and Jobs are complete. Nothing is merged: what is applied takes the place of what
was there, and is counted as a change only where it is different.
"""

import contextlib
import copy
import json
import re
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

#: Group and version → kind → name of its resource.
KINDS = {
    "v1": {
        "Namespace": "namespaces",
        "ConfigMap": "configmaps",
        "Secret": "secrets",
        "Service": "services",
        "ServiceAccount": "serviceaccounts",
        "PersistentVolumeClaim": "persistentvolumeclaims",
        "Pod": "pods",
        "Event": "events",
    },
    "apps/v1": {"Deployment": "deployments", "StatefulSet": "statefulsets", "ReplicaSet": "replicasets"},
    "batch/v1": {"Job": "jobs", "CronJob": "cronjobs"},
    "autoscaling/v2": {"HorizontalPodAutoscaler": "horizontalpodautoscalers"},
    "policy/v1": {"PodDisruptionBudget": "poddisruptionbudgets"},
    "networking.k8s.io/v1": {"Ingress": "ingresses", "NetworkPolicy": "networkpolicies"},
    "rbac.authorization.k8s.io/v1": {"Role": "roles", "RoleBinding": "rolebindings"},
    "authorization.k8s.io/v1": {"SelfSubjectAccessReview": "selfsubjectaccessreviews"},
}
_SINGLE = {"Namespace", "SelfSubjectAccessReview"}
_PATH = re.compile(r"/(?:api/(v1)|apis/([^/]+/v\d+))(?:/namespaces/([^/]+)(?=/))?/([a-z]+)(?:/([^/]+))?(/\w+)?")

Thing = dict[str, Any]


class Api:
    """The objects of a cluster, and what was done to them."""

    def __init__(self, *, openshift: bool = False) -> None:
        self.kinds = KINDS | ({"route.openshift.io/v1": {"Route": "routes"}} if openshift else {})
        self.objects: dict[tuple[str, str, str], Thing] = {}
        self.asked: dict[tuple[str, str, str], Thing] = {}
        self.changes: list[str] = []
        self.lock = Lock()
        self.url = ""
        default = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}}
        self.store(("", "namespaces", "default"), default)

    def things(self, kind: str) -> list[Thing]:
        """Return all objects of a kind."""
        return [thing for thing in self.objects.values() if thing["kind"] == kind]

    def kind_of(self, version: str, resource: str) -> str:
        """Return the kind of a resource; KeyError for one that there is not."""
        return {name: kind for kind, name in self.kinds[version].items()}[resource]

    def store(self, key: tuple[str, str, str], thing: Thing, *, dry: bool = False) -> Thing:
        """Keep an object as somebody wants it; it is as wanted from then on. dry: say only whether that would do."""
        namespace, resource, name = key
        if namespace and ("", "namespaces", namespace) not in self.objects:
            raise LookupError(f'namespaces "{namespace}" not found')
        if dry:
            return thing
        if key in self.objects and self.asked[key] == thing:
            return self.objects[key]
        if key in self.objects and thing["kind"] == "Job":
            raise ValueError("spec.template: Invalid value: field is immutable")
        self.changes.append(f"{resource}/{name}")
        self.asked[key] = thing
        kept = copy.deepcopy(thing)
        kept["metadata"] |= {"namespace": namespace, "uid": f"{resource}-{name}", "generation": 1}
        kept["metadata"]["resourceVersion"] = "7"
        if kept["kind"] == "StatefulSet":
            kept["spec"].setdefault("updateStrategy", {"type": "RollingUpdate"})
        kept["status"] = _status(kept)
        self.objects[key] = kept
        return kept


def _status(thing: Thing) -> Thing:
    number = thing.get("spec", {}).get("replicas", 1)
    counts = dict.fromkeys(("replicas", "readyReplicas", "updatedReplicas", "availableReplicas"), number)
    if thing["kind"] in ("Deployment", "StatefulSet"):
        revisions = {"currentRevision": "1", "updateRevision": "1"} if thing["kind"] == "StatefulSet" else {}
        return {"observedGeneration": 1, **counts, **revisions}
    if thing["kind"] == "Job":
        return {"conditions": [{"type": "Complete", "status": "True"}]}
    return {"phase": "Bound"} if thing["kind"] == "PersistentVolumeClaim" else {}


def _selected(thing: Thing, query: dict[str, list[str]]) -> bool:
    labels = thing["metadata"].get("labels", {})
    for term in query.get("labelSelector", [""])[0].split(","):
        name, differs, value = term.partition("!=")
        name, is_equal, wanted = (name, "", value) if differs else term.partition("=")
        here = labels.get(name)
        if (differs and here == value) or (is_equal and here != wanted) or (term and not differs and here is None):
            return False
    field = query.get("fieldSelector", [""])[0]
    return not field.startswith("metadata.name=") or field == f"metadata.name={thing['metadata']['name']}"


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # The head of an answer goes out before its body, which would wait for the other side's confirmation.
    disable_nagle_algorithm = True
    api: Api

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _send(self, thing: Thing, code: int = 200) -> None:
        body = json.dumps(thing).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self, code: int, reason: str, message: str) -> None:
        status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": reason, "code": code}
        self._send({**status, "message": message}, code)

    def _body(self) -> Any:
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "protobuf" in (self.headers.get("Content-Type") or ""):
            # Only the question whether one may do something comes like this; the answer does not depend on it.
            return {}
        # Whatever kubectl calls it, it is JSON, and reading that as YAML takes a hundred times as long.
        return json.loads(text or b"{}")

    def _handle(self) -> None:
        address = urlsplit(self.path)
        body = self._body()
        if "watch" in parse_qs(address.query):
            # Everything is as it will be: there is nothing to be told of.
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            time.sleep(5)
            self.close_connection = True
            return
        with self.api.lock:
            known = _discovered(self.api, address.path)
            if known is not None:
                self._send(known)
                return
            found = _PATH.fullmatch(address.path)
            version = found and (found[1] or found[2])
            if found is None or version not in self.api.kinds or found[4] not in self.api.kinds[version].values():
                self._refuse(404, "NotFound", "the server could not find the requested resource")
                return
            key = (found[3] or "", found[4], found[5] or "")
            try:
                self._do(key, body, version=str(version), part=found[6] or "", query=parse_qs(address.query))
            except LookupError as failure:
                self._refuse(404, "NotFound", str(failure))
            except ValueError as failure:
                self._refuse(422, "Invalid", str(failure))

    def _do(self, key: tuple[str, str, str], body: Any, *, version: str, part: str, query: Any) -> None:
        namespace, resource, name = key
        if self.command == "POST" and resource == "selfsubjectaccessreviews":
            self._send({"kind": "SelfSubjectAccessReview", "apiVersion": version, "status": {"allowed": True}}, 201)
        elif self.command == "POST":
            key = (namespace, resource, body["metadata"]["name"])
            if key in self.api.objects:
                self._refuse(409, "AlreadyExists", f'{resource} "{key[2]}" already exists')
            else:
                self._send(self.api.store(key, body), 201)
        elif self.command == "PATCH" and "apply-patch" in self.headers["Content-Type"]:
            kept = self.api.objects.get(key)
            self._send(self.api.store(key, body, dry="dryRun" in query), 200 if kept else 201)
        elif not name:
            self._list(key, version, query)
        elif key not in self.api.objects:
            self._refuse(404, "NotFound", f'{resource} "{name}" not found')
        elif self.command == "DELETE":
            self.api.changes.append(f"{resource}/{name}")
            self._send(self.api.objects.pop(key))
        else:
            self._one(self.api.objects[key], body, part)

    def _one(self, thing: Thing, body: Any, part: str) -> None:
        if self.command == "PATCH":
            self.api.changes.append(f"{thing['kind']}/{thing['metadata']['name']}")
            if isinstance(body, list):
                thing["spec"]["template"] = next(one["value"] for one in body if one["path"] == "/spec/template")
            else:
                thing["spec"] |= body.get("spec", {})
            thing["status"] = _status(thing)
        if part == "/scale":
            spec = {"replicas": thing["spec"].get("replicas", 1)}
            self._send({"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": thing["metadata"], "spec": spec})
        else:
            self._send(thing)

    def _list(self, key: tuple[str, str, str], version: str, query: Any) -> None:
        kind = self.api.kind_of(version, key[1])
        things = [
            {"apiVersion": version, "kind": kind, **thing}
            for (namespace, resource, _), thing in self.api.objects.items()
            if (namespace, resource) == key[:2] and _selected(thing, query)
        ]
        metadata = {"resourceVersion": "7"}
        self._send({"kind": f"{kind}List", "apiVersion": version, "metadata": metadata, "items": things})

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _handle  # noqa: N815 (names of the base class)


def _discovered(api: Api, path: str) -> Thing | None:
    """Return what the server tells of itself."""
    groups = [version for version in api.kinds if "/" in version]
    if path == "/version":
        return {"major": "1", "minor": "34", "gitVersion": "v1.34.0"}
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"]}
    if path == "/apis":
        of = [{"groupVersion": one, "version": one.partition("/")[2]} for one in groups]
        listed = [
            {"name": one["groupVersion"].partition("/")[0], "versions": [one], "preferredVersion": one} for one in of
        ]
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": listed}
    if path == "/openapi/v3":
        names = {"api/v1": "v1", **{f"apis/{one}": one for one in groups}}
        return {"paths": {name: {"serverRelativeURL": f"/openapi/v3/{name}?hash=1"} for name in names}}
    if path.startswith("/openapi/v3/"):
        return _described(api, path.removeprefix("/openapi/v3/").removeprefix("apis/").removeprefix("api/"))
    version = path.removeprefix("/apis/").removeprefix("/api/")
    if path.startswith("/api") and version in api.kinds:
        verbs = ["create", "delete", "get", "list", "patch", "update", "watch"]
        resources = [
            {
                "name": name,
                "singularName": kind.lower(),
                "namespaced": kind not in _SINGLE,
                "kind": kind,
                "verbs": verbs,
            }
            for kind, name in api.kinds[version].items()
        ]
        scales = [
            {"name": f"{name}/scale", "namespaced": True, "kind": "Scale", "group": "autoscaling", "version": "v1",
             "singularName": "", "verbs": ["get", "patch", "update"]}
            for name in ("deployments", "statefulsets") if version == "apps/v1"
        ]  # fmt: skip
        return {"kind": "APIResourceList", "groupVersion": version, "resources": resources + scales}
    return None


def _described(api: Api, version: str) -> Thing:
    """Say that the server checks fields itself."""
    group, _, number = version.rpartition("/")
    paths = {
        f"/{name}/{{name}}": {
            "patch": {
                "x-kubernetes-group-version-kind": {"group": group, "version": number, "kind": kind},
                "x-kubernetes-action": "patch",
                "parameters": [{"name": "fieldValidation", "in": "query"}],
                "responses": {},
            }
        }
        for kind, name in api.kinds.get(version, {}).items()
    }
    return {"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": "v1.34.0"}, "paths": paths}


@contextlib.contextmanager
def serving(api: Api) -> Iterator[Api]:
    """Answer as long as the context is open, at `api.url`."""
    handler = type("Answering", (_Answering,), {"api": api})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        api.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()
