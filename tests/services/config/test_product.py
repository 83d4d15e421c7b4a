"""Accounts, tokens and catalogues as the other services see them: the whole product, over HTTP."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from nanopore_tracking.kernel import remote_auth
from tests.harness.product import Product, checked


async def test_an_api_token_works_at_every_service_and_sees_its_own_labs_only(product: Product) -> None:
    admin = await product.client("admin")
    names = [f"Lab {uuid4().hex[:8]}" for _ in range(2)]
    labs = [checked(await admin.post("/api/labs", json={"name": name, "pi_name": "Dr Okafor"})) for name in names]
    owner = await product.client("submitter", labs=[labs[0]["id"]])
    end = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    body = {"name": "import", "roles": ["submitter"], "lab_ids": [labs[0]["id"]], "expires_at": end}
    secret = checked(await owner.post("/api/tokens", json=body))["token"]
    program = product.anonymous()
    program.headers["Authorization"] = f"Bearer {secret}"

    seen = checked(await program.get("/api/labs"))["items"]

    assert [lab["name"] for lab in seen] == [names[0]]
    assert (await program.get(f"/api/labs/{labs[1]['id']}")).status_code == 404
    assert (await program.get("/api/accounts")).status_code == 403
    assert (await program.get("/api/auth/me")).status_code == 200


async def test_the_sample_service_keeps_its_own_copies_of_the_catalogues(product: Product) -> None:
    admin = await product.client("admin")
    latest = {entry["name"]: entry["latest_version"] for entry in checked(await admin.get("/api/catalogues"))["items"]}

    async def copied() -> bool:
        async with product.db("sample") as connection:
            rows = await connection.fetch("SELECT name, max(version) AS version FROM catalogue GROUP BY name")
        return {row["name"]: row["version"] for row in rows} == latest

    assert await product.eventually(copied)


async def test_a_refused_sign_in_is_in_the_audit_log_without_what_was_typed(product: Product) -> None:
    member, auditor = await product.member("viewer"), await product.client("auditor")
    body = {"username": member.username, "password": "typed by mistake 123"}
    refused = await product.anonymous().post("/api/auth/sessions", json=body)

    async def logged() -> list[dict[str, object]]:
        path = f"/api/audit/entries?type=session.refused&object_id={member.id}"
        return list(checked(await auditor.get(path))["items"])

    entries = await product.eventually(logged)

    assert refused.status_code == 401
    assert len(entries) == 1
    assert "typed by mistake" not in str(entries)


async def test_who_is_closed_is_soon_out_everywhere_with_the_token_that_was_good(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_auth, "FRESH_S", 0.1)
    admin, member, other = await product.client("admin"), await product.member("viewer"), await product.client("viewer")
    assert (await member.client.get("/api/samples")).status_code == 200
    shown = await admin.get(f"/api/accounts/{member.id}")
    closing = {"If-Match": shown.headers["etag"]}
    checked(await admin.patch(f"/api/accounts/{member.id}", json={"active": False}, headers=closing))

    async def out() -> bool:
        paths = ("/api/samples", "/api/submissions", "/api/auth/me")
        return {(await member.client.get(path)).status_code for path in paths} == {401}

    assert await product.eventually(out)
    # Asked last, as one that is let in has no end.
    assert (await member.client.get("/api/changes/sample")).status_code == 401
    assert (await other.get("/api/samples")).status_code == 200
