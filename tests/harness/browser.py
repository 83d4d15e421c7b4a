"""The machine's own Chromium, driven by Playwright; nothing is downloaded."""

import contextlib
import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

#: The shell first: the same engine without the windows around it takes two thirds of the time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
#: What keeps Chromium from calling home, and lets root (a container) run it.
_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextlib.asynccontextmanager
async def test_browser() -> AsyncIterator[Browser]:
    """Run one Chromium; the tests that need it are skipped where there is none."""
    program = next((found for name in _NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("No Chromium is installed, so the tests that need a browser are skipped.")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=_SWITCHES)
        yield browser
        await browser.close()
