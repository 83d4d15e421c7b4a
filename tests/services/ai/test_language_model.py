"""A language model in the running product: what is recorded, who agreed, what it costs, and what waits for it."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from tests.harness.model_server import ModelServer, model_server, set_up
from tests.harness.printed import form, rows
from tests.harness.product import Product, checked
from tests.services.ai.conftest import Bench
from tests.services.ai.test_reviews import value

FIELDS = (("Vorhaben:", "Riverbank survey"), ("Source organism:", "Exampella testii"), ("Absender:", "Robin Vantage"))


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    """A server of a language model."""
    async with model_server() as found:
        yield found


async def read(bench: Bench) -> dict[str, Any]:
    """Upload a form and return its review."""
    extraction = await bench.read(form(rows(2), fields=FIELDS), "form.pdf")
    assert extraction["state"] == "needs_review", extraction
    found: dict[str, Any] = checked(await bench.alice.get(f"/api/extractions/{extraction['id']}/review"))
    return found


async def test_method_model_and_time_are_kept_with_the_reading_and_with_each_value(
    bench: Bench, product: Product, server: ModelServer
) -> None:
    manager = await product.client("facility_manager")
    with set_up(product, server, llm_cost_per_1k_tokens=0.5):
        before = checked(await manager.get("/api/documents/model"))
        review = await read(bench)
        after = checked(await manager.get("/api/documents/model"))

    assert (review["method"], review["wanted_method"], review["model"]) == ("hybrid", "hybrid", "tiny-reader")
    assert (review["prompt_version"], review["tokens"]) == (2, server.tokens)
    assert datetime.fromisoformat(review["read_at"]).tzinfo is not None
    project, organism = value(review, "project_name"), value(review, "organism")
    assert (project["raw"], project["method"], project["model"]) == ("Riverbank survey", "llm", "tiny-reader")
    assert (project["state"], project["unconfirmed"], project["page"]) == ("needs_review", True, 1)
    assert (organism["method"], organism["model"], organism["unconfirmed"]) == ("label", None, False)
    # Cells of a table that the rules read were not asked for.
    assert "QX_01" in server.words()
    assert "samples" not in server.asked[0]["response_format"]["json_schema"]["schema"]["required"]

    assert after["tokens"] - before["tokens"] == server.tokens
    assert after["requests"] - before["requests"] == 1
    assert after["cost"] - before["cost"] == pytest.approx(server.tokens / 2000)
    assert (after["host"], after["breaker"], after["last_error"]) == (f"127.0.0.1:{server.port}", "closed", "")
    told = (await product.anonymous().get("/metrics")).text
    assert 'language_model_requests_total{kind="form",outcome="done",service="ai"}' in told
    assert 'circuit_breaker_state{breaker="the language model",service="ai"} 0.0' in told

    auditor = await product.client("auditor")

    async def kept() -> Any:
        asked = {"object_id": review["extraction_id"], "type": "ai.form_read"}
        return checked(await auditor.get("/api/audit/entries", params=asked))["items"]

    (entry,) = await product.eventually(kept)
    whole = checked(await auditor.get(f"/api/audit/entries/{entry['sequence']}"))
    assert (whole["data"]["method"], whole["data"]["model"]) == ("hybrid", "tiny-reader")


async def test_a_remote_model_is_asked_only_once_the_project_agreed(
    bench: Bench, product: Product, server: ModelServer
) -> None:
    with set_up(product, server, llm_place="remote", llm_url="https://models.invalid/v1"):
        refused = await read(bench)
        shown = checked(await bench.robin.get(f"/api/projects/{bench.project_id}"))
        headers = {"If-Match": f'"v{shown["version"]}"'}
        asked = {"remote_models": True}
        agreed = checked(await bench.robin.patch(f"/api/projects/{bench.project_id}", json=asked, headers=headers))
        async with product.db("ai") as db:
            known = "SELECT count(*) FROM project WHERE code = $1 AND remote_models AND remote_models_by <> ''"
            await product.eventually(lambda: db.fetchval(known, bench.project_code))
        sent = await read(bench)

    assert (refused["method"], refused["wanted_method"], refused["model"]) == ("pattern", "hybrid", None)
    assert f"{bench.project_code} has not agreed" in refused["warnings"][0]
    assert (shown["remote_models"], shown["remote_models_by"]) == (False, None)
    assert (agreed["remote_models"], agreed["remote_models_by"].startswith("Person")) == (True, True)
    assert datetime.fromisoformat(agreed["remote_models_at"]).tzinfo is not None
    assert "models.invalid could not be reached" in sent["warnings"][0]
    assert server.came == []


async def test_nothing_is_asked_when_the_tokens_of_the_month_are_used_up(
    bench: Bench, product: Product, server: ModelServer
) -> None:
    with set_up(product, server, llm_month_tokens=100):
        review = await read(bench)

    assert "tokens of this month are used up" in review["warnings"][0]
    assert value(review, "organism")["value"] == "Exampella testii"
    assert server.came == []


async def test_a_slow_model_keeps_no_other_document_waiting(
    bench: Bench, product: Product, server: ModelServer
) -> None:
    server.behaviour = "silent"
    with set_up(product, server, llm_timeout_s=1.5):
        slow = checked(await bench.upload(form(rows(1), fields=FIELDS), "form.pdf"))
        table = await bench.read(b"sample_name,volume_ul\nA1,20\n", "manifest.csv")
        waiting = checked(await bench.robin.get(f"/api/extractions/{slow['extraction_id']}"))
        ended = await bench.ended(slow["extraction_id"])

    assert (table["state"], waiting["state"], ended["state"]) == ("read", "reading", "needs_review")
    assert "did not answer within 1.5 seconds" in ended["notes"][0]


async def test_a_model_is_tried_with_a_text_that_belongs_to_nobody(product: Product, server: ModelServer) -> None:
    manager, technician = await product.client("facility_manager"), await product.client("technician")
    none = await manager.post("/api/documents/model/trials", json={})
    assert (none.status_code, none.json()["type"].rpartition("/")[2]) == (409, "no-model")
    assert "NANOPORE_LLM_URL" in none.json()["detail"]
    assert checked(await manager.get("/api/documents/model"))["host"] == ""

    with set_up(product, server, reading_method="pattern"):
        assert (await technician.post("/api/documents/model/trials", json={})).status_code == 403
        good = checked(await manager.post("/api/documents/model/trials", json={}))
        server.behaviour = "invents"
        bad = checked(await manager.post("/api/documents/model/trials", json={}))
        server.key = "sk-wanted"
        closed = checked(await manager.post("/api/documents/model/trials", json={}))

    assert (good["worked"], good["known"], good["said"]) == (True, True, "The model found every value.")
    assert {each["field"]: each["raw"] for each in good["values"]}["organism"] == "Exampella testii"
    assert (bad["worked"], [each["raw"] for each in bad["values"]]) == (False, ["", "", ""])
    assert (closed["worked"], closed["known"]) == (False, None)
    assert "does not accept NANOPORE_LLM_KEY" in closed["said"]
