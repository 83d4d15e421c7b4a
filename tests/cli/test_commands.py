"""The command line itself: quick, lazy, and plain about what is wrong."""

import os
import resource
import subprocess
import sys

import pytest

from nanopore_tracking import __version__
from nanopore_tracking.cli import main


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    inside = {"PATH": os.environ["PATH"], **environ}
    command = [sys.executable, "-m", "nanopore_tracking", *arguments]
    return subprocess.run(command, env=inside, capture_output=True, text=True, timeout=60, check=False)


def test_the_version_is_told_without_loading_the_product() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = run("version")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert told.stdout == f"nanopore-tracking {__version__}\n"
    assert processor_s < 2, "it takes less than 0.3 s"
    loaded = (
        "import sys; sys.argv = ['x', 'version']; import nanopore_tracking.__main__ as m; m.main(); print(*sys.modules)"
    )
    modules = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    assert not {"typer", "litestar", "asyncpg", "msgspec"} & set(modules.split())


def test_the_help_lists_every_command_that_is_there() -> None:
    told = run("--help", COLUMNS="120").stdout
    for name in main.Lazy().list_commands(None):
        assert name in told
    assert "serve" in told


def test_a_mistyped_command_or_service_is_told_in_a_sentence() -> None:
    assert run("srve").returncode == 2
    refused = run("serve", "sampel")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("There is no service sampel. Nothing was started; there are sample,")


def test_wrong_settings_are_told_all_at_once() -> None:
    refused = run("serve", "config", NANOPORE_MISTYPED="1")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    for name in ("CONFIG_DB_URL", "NANOPORE_SIGNING_KEY", "NANOPORE_MISTYPED"):
        assert name in refused.stderr


def test_every_setting_is_listed_with_its_meaning() -> None:
    told = run("doctor", "config", "--settings")
    assert told.returncode == 0, told.stderr
    for name in ("NATS_URL", "CONFIG_DB_URL", "NANOPORE_SIGNING_KEY", "NANOPORE_DRAIN_S"):
        assert name in told.stdout


@pytest.mark.parametrize("arguments", [("migrate", "config"), ("doctor", "config")])
def test_what_is_missing_is_told_without_a_traceback(arguments: tuple[str, ...]) -> None:
    refused = run(*arguments)
    assert refused.returncode == 1
    assert "CONFIG_DB_URL is not set" in refused.stderr
    assert "Traceback" not in refused.stderr
