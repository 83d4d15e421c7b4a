"""Fixtures of the sample service."""

from collections.abc import AsyncIterator

import pytest

from tests.harness.engines import TestEngines
from tests.harness.laboratory import Laboratory
from tests.harness.laboratory import laboratory as opened


@pytest.fixture(scope="session")
async def laboratory(engines: TestEngines) -> AsyncIterator[Laboratory]:
    """The sample service's database with one lab and one project, shared; make your own samples."""
    async with opened(engines) as found:
        yield found
