"""What the journeys in a browser share with the tests of single pages."""

from tests.web.conftest import bench, window

__all__ = ["bench", "window"]
