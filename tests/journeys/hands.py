"""What people at a screen do again and again: fill a form, change many at once; and a program where no page is."""

import asyncio
import time
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Page

from tests.harness.product import Product, checked
from tests.services.sample.desk import seen
from tests.web.conftest import Bench, OpenWindow

#: Programs ask for so much at once.
_AT_ONCE = 6
_SLOW_MS = 60_000
SAMPLES = 96


@dataclass
class Hands:
    """The people at their screens, and what they made so far.

    page: of a technician; manager: of a facility manager; program: what is sent to the API where there is no page.
    """

    product: Product
    bench: Bench
    window: OpenWindow
    page: Page
    manager: Page
    program: httpx.AsyncClient
    folder: Path
    submission: str = ""
    samples: list[str] = field(default_factory=list)
    libraries: list[str] = field(default_factory=list)
    pool: str = ""
    flow_cell: str = ""
    run: str = ""

    async def go(self, path: str) -> Page:
        """Open a page of the technician."""
        await self.page.goto(path)
        return self.page

    async def chosen(self) -> Page:
        """Select all samples of the project in the list."""
        page = await self.go(f"/samples?project_id={self.bench.project['id']}")
        await page.click(f"text=Select all {SAMPLES} that match")
        return page

    async def done(self, button: str, *, many: int) -> None:
        """Begin the job that was looked at ahead, and wait until it has changed so many samples and refused none."""
        await self.page.click(f"button:has-text('{button}')", timeout=_SLOW_MS)
        await self.page.wait_for_selector(f"text={many} changed, 0 not", timeout=_SLOW_MS)

    async def moved(self, to: str, *, reason: str = "") -> None:
        """Move all samples of the project by one job, from the list."""
        page = await self.chosen()
        await page.select_option("#many-to", to)
        await page.fill("#many-reason", reason)
        await page.click("text=Look ahead")
        await self.done(f"Change {SAMPLES} samples", many=SAMPLES)

    async def all_at(self, stage: str) -> None:
        """Wait until the product has moved all samples to a stage by itself."""
        until = time.monotonic() + _SLOW_MS / 1000
        while await self.stages() != {stage}:
            assert time.monotonic() < until, f"some samples are not at {stage}"
            await asyncio.sleep(0.2)

    async def stages(self) -> set[str]:
        """Return the stages that the samples are at."""
        asked = {"project_id": self.bench.project["id"], "limit": 200}
        return {item["stage"] for item in checked(await self.program.get("/api/samples", params=asked))["items"]}

    async def post(self, path: str, body: Any, *, version: int | None = None) -> Any:
        """Send a change as a program does."""
        headers = {} if version is None else seen({"version": version})
        return checked(await self.program.post(path, json=body, headers=headers))


async def filled(page: Page, prefix: str, **values: str) -> None:
    """Fill the fields of a form, whose ids begin with the prefix; what is chosen is chosen by its value."""
    for name, value in values.items():
        field_of = page.locator(f"#{prefix}-{name}")
        if await field_of.evaluate("field => field.tagName") == "SELECT":
            await field_of.select_option(value)
        else:
            await field_of.fill(value)


async def added(page: Page, name: str, **values: str) -> None:
    """Open the form under a button that adds something, fill it, send it and wait until the answer is in its place."""
    form = page.locator(f"#add-{name}")
    if await form.get_attribute("open") is None:
        await form.locator("summary").first.click()
    await filled(page, name, **values)
    sent = await form.locator("form").first.element_handle()
    assert sent is not None
    await form.locator("button.primary").click()
    await sent.wait_for_element_state("hidden", timeout=_SLOW_MS)


async def each(doings: Iterable[Awaitable[Any]]) -> None:
    """Do many things, some at once."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def one(doing: Awaitable[Any]) -> None:
        async with free:
            await doing

    await asyncio.gather(*map(one, doings))
