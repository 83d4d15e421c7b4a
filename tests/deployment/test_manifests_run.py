"""The product with exactly what the manifests give it: every program starts, they find each other, a server may die."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from nanopore_tracking import registry
from tests.deployment import agreed
from tests.deployment.rendering import workload
from tests.deployment.site import ADMIN_PASSWORD, Site, _nats, running_site
from tests.harness import engines as harness
from tests.harness.product import Product, checked

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
async def site() -> AsyncIterator[Site]:
    """The cluster, on engines of its own: another product uses the databases of the others."""
    async with harness.test_engines() as engines, running_site(engines, "kubernetes") as found:
        await found.migrate()
        for name in agreed.LEAST:
            found.serve(name)
        yield found


async def test_three_servers_are_one(site: Site) -> None:
    container = workload(site.things, "nats").pod["containers"][0]
    for number in range(3):
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            path = container[probe]["httpGet"]["path"]
            await site.ready(f"nats-{number}", f"http://127.0.0.1:{site.ports[f'nats-{number}/monitor']}{path}")


async def test_every_service_starts_with_what_its_pod_gets(site: Site) -> None:
    for service in registry.NAMES:
        await site.ready(agreed.deployment_of(service), f"{site.url(service)}/health/ready")


async def test_they_find_each_other(site: Site) -> None:
    admin = await _admin(site)
    # The sample service asks the config service for the keys that the token is checked with.
    await _make_a_lab(site, admin, "Lab before the kill")
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{site.url('web')}/sign-in")).status_code == 200
        asked = {"username": "admin", "password": ADMIN_PASSWORD}
        # The front asks the config service; a stranger's page has no form of a session, so that it answers by a page.
        assert (await client.post(f"{site.url('web')}/sign-in", data=asked)).status_code < 500


async def test_a_server_of_nats_may_die(site: Site) -> None:
    site.running["nats-0"].send_signal(signal.SIGKILL)
    site.running.pop("nats-0").wait()

    await _make_a_lab(site, await _admin(site), "Lab after the kill")
    site.start_nats("nats-0")
    await site.ready("nats-0", f"http://127.0.0.1:{site.ports['nats-0/monitor']}/healthz")


async def test_a_server_of_nats_lets_its_clients_go(site: Site) -> None:
    hook = workload(site.things, "nats").pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]
    pid_file = str(site.folder / "nats-1.pid")
    command = [word.replace("nats-server", _nats()).replace("/var/run/nats/nats.pid", pid_file) for word in hook]

    assert (await asyncio.to_thread(subprocess.run, command, check=False)).returncode == 0

    async def told() -> bool:
        return "lame duck mode" in site.said("nats-1")

    await Product.eventually(told)
    # What kubelet sends next must not cut that short.
    await site.stop("nats-1", within_s=workload(site.things, "nats").pod["terminationGracePeriodSeconds"])

    await _make_a_lab(site, await _admin(site), "Lab while one server is away")


async def test_every_pod_ends_in_good_order(site: Site) -> None:
    pods = {name: workload(site.things, name).pod for name in agreed.LEAST}
    codes = await asyncio.gather(
        *(site.stop(name, within_s=pod["terminationGracePeriodSeconds"]) for name, pod in pods.items())
    )

    for name, code in zip(pods, codes, strict=True):
        assert code == 0, f"{name}: {site.said(name)[-3000:]}"


async def _admin(site: Site) -> str:
    async with httpx.AsyncClient() as client:
        asked = {"username": "admin", "password": ADMIN_PASSWORD}
        return str(checked(await client.post(f"{site.url('config')}/api/auth/token", json=asked))["access_token"])


async def _make_a_lab(site: Site, token: str, name: str) -> None:
    """Make something, and wait until the audit service has heard of it by the event bus."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    async with httpx.AsyncClient(headers=headers, timeout=30) as client:
        lab = checked(await client.post(f"{site.url('sample')}/api/labs", json={"name": name, "pi_name": "Dr Okafor"}))

        async def heard() -> bool:
            answer = await client.get(f"{site.url('audit')}/api/audit/entries", params={"object_id": lab["id"]})
            return bool(checked(answer)["items"])

        await Product.eventually(heard, within_s=30)
