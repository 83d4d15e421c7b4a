"""A server of a language model, for tests of forms."""

from collections.abc import AsyncIterator

import pytest

from tests.harness.model_server import ModelServer, model_server


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    """A server of a language model."""
    async with model_server() as found:
        yield found
