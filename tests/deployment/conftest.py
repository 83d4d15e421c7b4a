"""Keeps what is rendered for all processes of one run of the tests."""

import os

import pytest

from tests.deployment import rendering


@pytest.fixture(scope="session", autouse=True)
def _rendered_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what is rendered in the folder of this run, which the folders of its workers lie in."""
    folder = tmp_path_factory.getbasetemp()
    rendering.KEPT_IN = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "rendered"
