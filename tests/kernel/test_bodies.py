"""Rubbish as the body of a request: it is refused with the names of what is wrong, and never a failure."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.harness.http_things import JSON, ROUTES, built, refused


@pytest.fixture(scope="module")
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(built(ROUTES).asgi)
    async with httpx.AsyncClient(transport=transport, base_url="http://example.org") as client:
        yield client


RUBBISH = {
    "NUL": rb'{"name": "a\u0000b"}',
    "NUL in a nested name": rb'{"name": "a", "note": {"x\u0000": 1}}',
    "raw NUL": b'{"name": "a\x00b"}',
    "NaN": b'{"name": "a", "note": NaN}',
    "Infinity": b'{"name": "a", "parts": [{"volume_ul": Infinity}]}',
    "1e400": b'{"name": "a", "parts": [{"volume_ul": 1e400}]}',
    "1e400 anywhere": b'{"name": "a", "note": 1e400}',
    "huge integer": b'{"name": "a", "count": ' + b"9" * 5000 + b"}",
    "huge integer anywhere": b'{"name": "a", "note": ' + b"9" * 5000 + b"}",
    "deep list": b'{"name": "a", "note": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "deep object": b'{"name": "a", "note": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
    "deep and not closed": b"[" * 10_000,
    "lone surrogate": rb'{"name": "\ud800"}',
    "swapped surrogates": rb'{"name": "\udc00\ud800"}',
    "surrogate as bytes": b'{"name": "\xed\xa0\x80"}',
    "not UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "a"}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"name": "a"}',
    "key twice": b'{"name": "a", "name": "b"}',
    "key twice inside": b'{"name": "a", "note": {"x": 1, "x": 2}}',
    "key twice, once escaped": rb'{"name": "a", "n\u0061me": "b"}',
    "empty": b"",
    "a list": b"[]",
    "null": b"null",
    "two documents": b'{"name": "a"}{"name": "b"}',
    "unknown field": b'{"name": "a", "role": "admin"}',
    "number as text": b'{"name": "a", "count": "1"}',
    "fraction as whole": b'{"name": "a", "count": 1.5}',
    "true as number": b'{"name": "a", "count": true}',
    "empty name": b'{"name": ""}',
    "too long": b'{"name": "' + b"x" * 21 + b'"}',
    "wrong inside": b'{"name": "a", "parts": [{"volume_ul": 1}, {"volume_ul": 0}]}',
}


@pytest.mark.parametrize("name", RUBBISH)
async def test_rubbish_is_refused_and_nothing_fails(http: httpx.AsyncClient, name: str) -> None:
    refused(await http.post("/api/things", content=RUBBISH[name], headers=JSON), 422, "invalid")


@pytest.mark.parametrize(
    ("sent", "paths"),
    [
        (b'{"parts": [{"volume_ul": 1}, {"volume_ul": -Infinity}], "count": NaN}', ["count", "parts[1].volume_ul"]),
        (b'{"name": "a", "note": {"x": [NaN]}}', ["note.x[0]"]),
        (b'{"name": "a", "parts": [{"volume_ul": 1e400}]}', ["parts[0].volume_ul"]),
        (rb'{"name": "a\ud800", "count": 1}', ["name"]),
        (rb'{"name": "a", "note": {"x\udc00": 1}}', ["note"]),
    ],
    ids=["Infinity and NaN", "NaN inside", "1e400", "half a character", "half a character in a name"],
)
async def test_what_json_does_not_have_is_refused_at_its_field(
    http: httpx.AsyncClient, sent: bytes, paths: list[str]
) -> None:
    body = refused(await http.post("/api/things", content=sent, headers=JSON), 422, "invalid")
    assert sorted(field["path"] for field in body["errors"]) == paths


async def test_every_wrong_field_is_named_at_once(http: httpx.AsyncClient) -> None:
    sent = b'{"count": "x", "parts": [{"volume_ul": 1}, {"volume_ul": 2000}], "colour": 1}'
    body = refused(await http.post("/api/things", content=sent, headers=JSON), 422, "invalid")
    assert {field["path"]: field["message"] for field in body["errors"]} == {
        "name": "This is missing.",
        "count": "This must be a whole number, not text.",
        "parts[1].volume_ul": "This must be at most 1000.",
        "colour": "This is not known here.",
    }


@pytest.mark.parametrize(
    ("sent", "path", "allowed"),
    [
        (b'{"name": "a", "shade": "pink"}', "shade", "light, dark"),
        (b'{"name": "a", "work": [{"kind": "cut", "with_": "saw"}, {"kind": "burn"}]}', "work[1].kind", "cut, paint"),
        (b'{"name": "a", "work": [{"kind": "cut", "with_": "red"}]}', "work[0].with_", "knife, saw"),
        (b'{"name": "a", "work": [{"kind": "paint", "with_": "saw"}]}', "work[0].with_", "green, red"),
        (b'{"name": "a", "sides": {"left": 3}}', "sides[...]", "1, 2"),
        (b'{"name": "a", "sides": {"top": 1}}', "sides", "left, right"),
    ],
)
async def test_a_name_that_is_not_known_is_told_with_those_that_are(
    http: httpx.AsyncClient, sent: bytes, path: str, allowed: str
) -> None:
    body = refused(await http.post("/api/things", content=sent, headers=JSON), 422, "invalid")
    (error,) = body["errors"]
    assert error["path"] == path
    assert error["message"].startswith("This must be one of ")
    assert sorted(error["message"].removeprefix("This must be one of ").rstrip(".").split(", ")) == sorted(
        allowed.split(", ")
    )


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=x"]
)
async def test_another_kind_of_body_is_refused(http: httpx.AsyncClient, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    refused(await http.post("/api/things", content=b'{"name": "a"}', headers=headers), 415, "unsupported-media")
    packed = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    refused(await http.post("/api/things", content=b'{"name": "a"}', headers=packed), 415, "unsupported-media")
    spelt = {"Content-Type": "Application/JSON; charset=UTF-8"}
    assert (await http.post("/api/things", content=b'{"name": "a"}', headers=spelt)).status_code == 201
