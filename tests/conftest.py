"""Fixtures that every test may use."""

import io
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

import pytest
from hypothesis import HealthCheck, settings
from playwright.async_api import Browser, Page, expect
from xdist.remote import Producer

from nanopore_tracking.kernel.telemetry import logs
from tests.harness.browser import test_browser
from tests.harness.engines import TestDatabase, TestEngines, test_engines
from tests.harness.shares import Shares

if TYPE_CHECKING:
    from tests.harness.product import Product


# The same examples in every run, however busy the machine is; `pytest --hypothesis-profile default` looks for others.
settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
expect.set_options(timeout=60_000)


class _Stderr(io.TextIOBase):
    """Standard error as it is at each line: pytest puts another one in its place for every test."""

    def write(self, text: str) -> int:
        """Write to the present one."""
        return sys.stderr.write(text)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let long files begin first, then those of many tests, so that no process works alone on one at the end."""
    sizes = Counter(item.path for item in items)
    items.sort(key=lambda item: (item.get_closest_marker("long") is None, -sizes[item.path]))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Shares:
    """Let the files of each process depend on nothing but their order."""
    return Shares(config, log)


@pytest.fixture(scope="session", autouse=True)
def short_logs() -> None:
    """Log as the product does; structlog's own picture of a failure takes seconds to draw."""
    logs.configure("info", stream=cast(TextIO, _Stderr()))


@pytest.fixture(scope="session")
async def engines() -> AsyncIterator[TestEngines]:
    """A PostgreSQL and a NATS for this pytest process, started when the first test asks."""
    async with test_engines() as found:
        yield found


@pytest.fixture(scope="session")
async def product(engines: TestEngines) -> AsyncIterator["Product"]:
    """The whole product in this loop, shared by all tests of this pytest process; make your own labs and accounts."""
    from tests.harness.product import test_product

    async with test_product(engines) as found:
        yield found


@pytest.fixture
async def database(engines: TestEngines) -> AsyncIterator[TestDatabase]:
    """A fresh empty database, as owner (`owner_url`) and as application role (`app_url`)."""
    async with engines.fresh_database() as found:
        yield found


@pytest.fixture
def database_url(database: TestDatabase) -> str:
    """The address of a fresh empty database, as its owner."""
    return database.owner_url


@pytest.fixture
def nats_url(engines: TestEngines) -> str:
    """The address of this pytest process's own NATS, with JetStream."""
    return engines.nats_url


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A temporary folder that every account of the machine may pass; engines under another account must."""
    path = Path(tempfile.mkdtemp(prefix="nanopore-tests-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The machine's Chromium, started when the first test asks; tests are skipped where there is none."""
    async with test_browser() as found:
        yield found


@pytest.fixture
async def browser_page(browser: Browser) -> AsyncIterator[Page]:
    """A fresh page without cookies, 1440 by 900; the test fails when the page's scripts or styles failed."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None
    )
    yield page
    await context.close()
    assert faults == []
