"""API tokens over HTTP: never more than their owner, exchanged for access tokens, revoked at once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from tests.services.config.conftest import Config

LAB = str(uuid4())


def _body(**values: Any) -> dict[str, Any]:
    end = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    return {"name": "import of runs", "roles": ["submitter"], "lab_ids": [LAB], "expires_at": end} | values


async def _owner(config: Config, *roles: str) -> dict[str, Any]:
    return await config.person("alice", *(roles or ("submitter",)), lab_ids=(LAB,))


async def _exchange(config: Config, token: str) -> httpx.Response:
    return await config.post("/api/auth/exchange", {"token": token})


async def _claims(config: Config, access_token: str) -> dict[str, Any]:
    async with config.client() as client:
        key = (await client.get("/api/auth/keys")).json()["keys"][0]
    found = jws.deserialize_compact(access_token, OKPKey.import_key(key), algorithms=["Ed25519"])
    assert found.headers()["typ"] == "at+jwt"
    assert key.keys() == {"kty", "crv", "x", "kid", "alg", "use"}
    return dict(msgspec.json.decode(found.payload or b""))


async def test_a_token_is_shown_once_and_exchanged_for_its_owners_access(config: Config) -> None:
    owner = await _owner(config)
    made = await config.post("/api/tokens", _body(), token=owner["access_token"])
    secret = made.json()["token"]
    given = (await _exchange(config, secret)).json()
    claims = await _claims(config, given["access_token"])
    listed = (await config.get("/api/tokens", owner["access_token"])).json()["items"]

    assert (made.status_code, len(secret), secret[:4]) == (201, 47, "npt_")
    assert given["token_type"] == "Bearer"
    assert (claims["sub"], claims["kind"], claims["roles"]) == (owner["account"]["id"], "token", ["submitter"])
    assert claims["labs"] == [LAB]
    assert claims["name"] == "Alice (token import of runs)"
    assert claims["exp"] - claims["iat"] == given["expires_in"] <= 900
    assert [entry["id"] for entry in listed] == [made.json()["id"]]
    assert "token" not in listed[0]
    assert listed[0]["last_used_at"]
    assert secret not in str(await config.events())


async def test_a_token_stops_when_it_is_revoked_or_its_owner_is(config: Config) -> None:
    owner = await _owner(config)
    first, second = [(await config.post("/api/tokens", _body(), token=owner["access_token"])).json() for _ in range(2)]
    path = f"/api/tokens/{first['id']}/revocation"
    revoked = await config.post(path, {}, token=owner["access_token"])
    again = await config.post(path, {}, token=owner["access_token"])
    by_first, by_second = await _exchange(config, first["token"]), await _exchange(config, second["token"])
    admin = await config.admin()
    account = (await config.get(f"/api/accounts/{owner['account']['id']}", admin)).json()
    change = {"active": False}
    await config.change("PATCH", f"/api/accounts/{account['id']}", change, token=admin, version=account["version"])

    assert revoked.json()["revoked_at"]
    assert again.status_code == 409
    assert (by_first.status_code, by_second.status_code) == (401, 200)
    assert (await _exchange(config, second["token"])).status_code == 401
    assert len(await config.events("token.revoked")) == 1


async def test_a_token_that_is_over_is_refused(config: Config) -> None:
    owner = await _owner(config)
    secret = (await config.post("/api/tokens", _body(), token=owner["access_token"])).json()["token"]
    await config.rows(
        "UPDATE api_token SET created_at = now() - interval '2 days', expires_at = now() - interval '1 s'"
    )

    assert (await _exchange(config, secret)).status_code == 401


@pytest.mark.parametrize("text", ["npt_" + "A" * 43, "npt_x", "", "' OR 1=1 --", "é" * 10])
async def test_what_is_no_token_is_refused_without_a_reason(config: Config, text: str) -> None:
    assert (await _exchange(config, text)).status_code in (401, 422)


async def test_a_token_loses_a_role_that_its_owner_loses(config: Config) -> None:
    owner = await _owner(config, "submitter", "technician")
    body = _body(roles=["submitter", "technician"])
    secret = (await config.post("/api/tokens", body, token=owner["access_token"])).json()["token"]
    admin = await config.admin()
    account = (await config.get(f"/api/accounts/{owner['account']['id']}", admin)).json()
    change = {"roles": ["submitter"]}
    await config.change("PATCH", f"/api/accounts/{account['id']}", change, token=admin, version=account["version"])
    given = (await _exchange(config, secret)).json()

    assert (await _claims(config, given["access_token"]))["roles"] == ["submitter"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"roles": ["submitter", "admin"]}, "roles"),
        ({"roles": ["admin"]}, "roles"),
        ({"roles": []}, "roles"),
        ({"lab_ids": [str(uuid4())]}, "lab_ids"),
        ({"expires_at": "2060-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"account_id": str(uuid4())}, "account_id"),
    ],
)
async def test_a_token_beyond_its_owner_is_not_made(config: Config, more: dict[str, Any], field: str) -> None:
    owner = await _owner(config)
    refused = await config.post("/api/tokens", _body(**more), token=owner["access_token"])

    assert refused.status_code == 422
    assert [fault["path"] for fault in refused.json()["errors"]] == [field]
    assert await config.rows("SELECT FROM api_token") == []


async def test_a_program_makes_no_tokens_and_sets_no_password(config: Config) -> None:
    owner = await _owner(config)
    secret = (await config.post("/api/tokens", _body(), token=owner["access_token"])).json()["token"]
    given = (await _exchange(config, secret)).json()["access_token"]

    assert (await config.post("/api/tokens", _body(), token=given)).status_code == 403
    assert (await config.post("/api/auth/password", {"new": "quiet harbour, 8 boats"}, token=given)).status_code == 403
    assert (await config.get("/api/auth/me", given)).json()["username"] == "alice"


async def test_people_see_their_own_tokens_and_administrators_all(config: Config) -> None:
    owner = await _owner(config)
    made = (await config.post("/api/tokens", _body(), token=owner["access_token"])).json()
    other = (await config.person("bob", "submitter"))["access_token"]
    admin = await config.admin()
    foreign = await config.get(f"/api/tokens?account_id={owner['account']['id']}", other)
    refused = await config.post(f"/api/tokens/{made['id']}/revocation", {}, token=other)
    unknown = await config.post(f"/api/tokens/{uuid4()}/revocation", {}, token=other)
    seen = await config.get(f"/api/tokens?account_id={owner['account']['id']}&revoked=false", admin)
    revoked = await config.post(f"/api/tokens/{made['id']}/revocation", {}, token=admin)

    assert foreign.json()["items"] == []
    assert (refused.status_code, refused.json()["detail"]) == (404, unknown.json()["detail"])
    assert [entry["username"] for entry in seen.json()["items"]] == ["alice"]
    assert revoked.status_code == 200
