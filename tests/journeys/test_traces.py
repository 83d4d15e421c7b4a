"""One trace from the browser's request to the last event that came of it, and what a failed one leaves behind."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from nanopore_tracking.kernel.telemetry import outlets, ring, trace
from nanopore_tracking.web import session
from tests.harness.collector import Collector, Told, running_collector
from tests.harness.product import Product, checked

#: What is typed in this test and must not be told: of a person, or what a person wrote.
TYPED = ("Ada Confidential", "ada-confidential", "Confidential Lab", "Secret Title", "SECRET-NAME")


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Collector]:
    """A collector that gets everything, beside a ring in `tmp_path`."""
    with running_collector() as found:
        outlets.begin(found.base_url, ratio=1, ring=tmp_path, ring_bytes=1 << 20)
        yield found
        trace.shutdown()


@pytest.fixture
async def browser(product: Product) -> AsyncIterator[httpx.AsyncClient]:
    """A client that keeps cookies and sends forms, signed in as a facility manager."""
    admin = await product.admin()
    asked = {"username": f"ada-confidential-{uuid4().hex[:6]}", "name": TYPED[0], "roles": ["facility_manager"]}
    account = checked(await admin.post("/api/accounts", json=asked))
    link = checked(await admin.post(f"/api/accounts/{account['id']}/link", json={}))
    async with httpx.AsyncClient(base_url=product.base_url, timeout=30) as client:
        answer = await client.post("/sign-in", data={"link": link["link"]})
        assert answer.status_code == 303, answer.text
        client.headers["X-CSRF"] = session.csrf_token(client.cookies["session"])
        yield client


async def spans_of(collector: Collector, trace_id: str, *names: str) -> dict[str, Told]:
    """Return the spans of a trace by service and name, as soon as the named ones are there."""

    def there() -> dict[str, Told] | None:
        found = {f"{span.service}: {span.name}": span for span in collector.trace(trace_id)}
        return found if found.keys() >= set(names) else None

    found: dict[str, Told] = await asyncio.to_thread(collector.until, there)
    return found


async def project(product: Product) -> Any:
    """Make a project of a fresh lab."""
    manager = await product.client("facility_manager")
    lab = checked(await manager.post("/api/labs", json={"name": f"{TYPED[2]} {uuid4().hex[:6]}", "pi_name": TYPED[0]}))
    made = checked(await manager.post("/api/projects", json={"lab_id": lab["id"], "title": TYPED[3]}))

    async def recorded() -> Any:
        found = await manager.get(f"/api/audit/history/project/{made['id']}")
        return found.is_success and found.json()["items"]

    # Else the next event might be handled together with this one.
    await product.eventually(recorded)
    return made


async def test_one_request_is_one_trace_from_the_page_to_the_audit_log(
    product: Product, browser: httpx.AsyncClient, collector: Collector
) -> None:
    form = {
        "project_id": (await project(product))["id"],
        "name": f"SECRET-NAME-{uuid4().hex[:6]}",
        "material": "HMW gDNA",
        "volume_ul": "50",
    }
    answer = await browser.post("/samples/new", data=form)
    assert answer.status_code == 303, answer.text
    trace_id = answer.headers["traceparent"].split("-")[1]
    published, processed = "publish nanopore.sample.sample.created", "process nanopore.sample.sample.created"

    spans = await spans_of(collector, trace_id, f"sample-service: {published}", f"audit-service: {processed}")

    page, register = spans["web: POST /samples/new"], spans["sample-service: POST /api/samples"]
    sent, taken = spans[f"sample-service: {published}"], spans[f"audit-service: {processed}"]
    by_id = {span.span_id: span for span in collector.trace(trace_id)}
    call = by_id[register.parent_id]
    assert (page.kind, page.parent_id) == ("server", "")
    assert (call.service, call.kind, call.parent_id) == ("web", "client", page.span_id)
    assert (call.attributes["peer.service"], call.attributes["http.response.status_code"]) == ("sample-service", 201)
    assert (register.kind, register.attributes["http.route"]) == ("server", "/api/samples")
    assert (sent.kind, sent.parent_id) == ("producer", register.span_id)
    assert (taken.kind, taken.parent_id) == ("consumer", sent.span_id)
    assert {span.service for span in by_id.values()} >= {"web", "sample-service", "audit-service"}
    assert all(span.parent_id in by_id for span in by_id.values() if span is not page)
    statements = {span.service: span for span in by_id.values() if "db.system.name" in span.attributes}
    assert statements["sample-service"].attributes["db.namespace"]
    assert statements["audit-service"].parent_id == taken.span_id
    assert not any(span.error for span in by_id.values())
    await asyncio.to_thread(trace.shutdown)
    told = str(collector.spans).lower()
    assert [text for text in TYPED if text.lower() in told] == []


async def test_who_asks_with_an_api_token_is_traced_through_the_config_service(
    product: Product, collector: Collector
) -> None:
    member = await product.member("technician")
    ends = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    asked = {"name": "sequencer", "roles": ["technician"], "expires_at": ends}
    made = await member.client.post("/api/tokens", json=asked)
    token = checked(made)["token"]
    answer = await product.anonymous().get("/api/samples", headers={"Authorization": f"Bearer {token}"})
    trace_id = answer.headers["traceparent"].split("-")[1]
    checked(answer)

    spans = await spans_of(collector, trace_id, "config-service: POST /api/auth/exchange")

    by_id = {span.span_id: span for span in spans.values()}
    exchange = spans["config-service: POST /api/auth/exchange"]
    call = by_id[exchange.parent_id]
    assert (call.service, call.kind, call.attributes["peer.service"]) == ("sample-service", "client", "config-service")
    assert call.parent_id == spans["sample-service: GET /api/samples"].span_id
    assert token not in str(collector.spans)


async def test_a_failed_request_is_found_by_the_id_that_its_page_shows(
    product: Product, browser: httpx.AsyncClient, collector: Collector, tmp_path: Path
) -> None:
    role = urlsplit(product.environ["SAMPLES_DB_URL"]).username
    async with product.db("sample") as owner:
        await owner.execute(f'REVOKE SELECT ON project FROM "{role}"')
        try:
            page = await browser.get("/settings/projects")
        finally:
            await owner.execute(f'GRANT SELECT ON project TO "{role}"')
    assert page.status_code == 503
    request_id = page.headers["x-request-id"]
    trace_id = page.headers["traceparent"].split("-")[1]
    assert request_id in page.text

    spans = await spans_of(collector, trace_id, "web: GET /settings/projects", "sample-service: GET /api/projects")
    # What is left is sent now, of all services.
    await asyncio.to_thread(trace.shutdown)
    failed = {(span.service, span.kind): span for span in collector.trace(trace_id) if span.error}
    (kept,) = ring.find(tmp_path, request_id)

    assert failed["web", "server"].attributes["error.type"] == "nanopore_tracking.kernel.errors.Unavailable"
    assert failed["sample-service", "server"].attributes["http.response.status_code"] == 500
    assert failed["sample-service", "client"].attributes["error.type"].endswith("InsufficientPrivilegeError")
    assert {span.span_id for span in kept} >= {span.span_id for span in spans.values()}
    assert {span.trace_id for span in kept} == {trace_id}
    assert {span.attributes["nanopore.request_id"] for span in kept if span.kind == "server"} == {request_id}


async def test_the_measurements_of_a_traced_request_lead_to_it(product: Product, collector: Collector) -> None:
    client = await product.client("technician")
    answer = await client.get("/api/samples", params={"limit": 7})
    trace_id = answer.headers["traceparent"].split("-")[1]

    told = await client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})

    assert told.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
    lines = [line for line in told.text.splitlines() if f'trace_id="{trace_id}"' in line]
    assert {line.partition("{")[0] for line in lines} >= {
        "http_request_duration_seconds_bucket",
        "database_query_duration_bucket",
    }
    assert "# EOF" in told.text
    plain = await client.get("/metrics")
    assert trace_id not in plain.text
    assert plain.headers["content-type"].startswith("text/plain")
