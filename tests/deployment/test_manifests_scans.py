"""The component for scans: what the ai service gets beside the memory that it has for everything else."""

import re

import pytest

from nanopore_tracking.kernel import settings
from nanopore_tracking.kernel.settings import KernelSettings
from nanopore_tracking.services.ai.settings import Settings
from tests.deployment.rendering import render, workload

_UNITS = {"Mi": 1, "Gi": 1024}


def _mib(amount: str) -> int:
    found = re.fullmatch(r"(\d+)(Mi|Gi)", amount)
    assert found is not None, amount
    return int(found[1]) * _UNITS[found[2]]


@pytest.mark.parametrize("platform", ["openshift", "kubernetes"])
def test_the_ai_service_has_room_for_a_page_beside_everything_else(platform: str) -> None:
    (before,), (after,) = (
        workload(render(platform, *components), "ai-service").pod["containers"] for components in ((), ("scans",))
    )
    others = [
        {one["metadata"]["name"]: one for one in render(platform, *components) if one["kind"] == "Deployment"}
        for components in ((), ("scans",))
    ]
    asked: Settings
    (asked,) = settings.load(
        Settings,
        environ={"AI_DB_URL": "postgresql://ai@localhost/ai", "NANOPORE_OBJECTS_URL": "file:///files"},
        known=[KernelSettings, Settings],
    )

    more = _mib(after["resources"]["limits"]["memory"]) - _mib(before["resources"]["limits"]["memory"])
    assert more >= asked.ocr_memory_mb
    assert _mib(after["resources"]["requests"]["memory"]) > _mib(before["resources"]["requests"]["memory"])
    assert {name for name, one in others[0].items() if others[1][name] != one} == {"ai-service"}
