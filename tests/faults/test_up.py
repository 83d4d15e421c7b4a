"""`nanopore-tracking up` as people use it: started, asked, hurt, killed, started again; nothing is lost or left."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from nanopore_tracking.embedded.ports import free_ports

pytestmark = [pytest.mark.fault, pytest.mark.long, pytest.mark.timeout(240)]
PASSWORD = "a good password for the first start"
_COMMAND = (sys.executable, "-m", "nanopore_tracking", "up")


@dataclass
class Started:
    """A running `up`. said: what it printed; processor_s: what it had used of a processor when it was ready."""

    process: subprocess.Popen[str]
    address: str
    said: str
    processor_s: float

    @property
    def engines(self) -> dict[str, psutil.Process]:
        """The engines by the name of their program."""
        return {child.name(): child for child in psutil.Process(self.process.pid).children()}

    def stop(self) -> str:
        """Stop it as Ctrl-C does; return the rest of what it printed."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(signal.SIGINT)
        rest, _ = self.process.communicate(timeout=60)
        assert [child for child in children if child.is_running() and child.status() != "zombie"] == []
        return rest


@pytest.fixture
async def start(open_folder: Path) -> AsyncIterator[Callable[..., Started]]:
    """Start the product over a folder of the test; with other variables, where the test needs some."""
    started: list[Started] = []
    environ = {
        **os.environ,
        "NANOPORE_DATA_DIR": str(open_folder / "data"),
        "PORT": str(free_ports(1, seed=os.getpid())[0]),
    }

    log = open_folder / "up.log"

    def begin(**variables: str) -> Started:
        with log.open("ab") as sink:
            process = subprocess.Popen(
                _COMMAND, env=environ | variables, stdout=subprocess.PIPE, stderr=sink, text=True
            )
        assert process.stdout is not None
        said = ""
        while "Ctrl-C" not in said:
            line = process.stdout.readline()
            assert line, f"it ended at once: {said} {log.read_text()[-3000:]}"
            said += line
        address = re.search(r"http://\S+", said)
        assert address is not None
        used = psutil.Process(process.pid).cpu_times()
        started.append(Started(process, address[0], said, used.user + used.system))
        return started[-1]

    yield begin
    for one in started:
        if one.process.poll() is None:
            one.stop()
        if one.process.stdout is not None:
            one.process.stdout.close()


async def _token(address: str) -> str:
    async with httpx.AsyncClient(base_url=address) as client:
        answer = await client.post("/api/auth/token", json={"username": "admin", "password": PASSWORD})
    assert answer.is_success, answer.text
    return str(answer.json()["access_token"])


async def _make_lab(address: str, token: str, name: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {token}"}) as client:
        return await client.post("/api/labs", json={"name": name, "pi_name": "Dr Okafor"})


async def _read_labs(address: str, token: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {token}"}) as client:
        return await client.get("/api/labs")


async def _lab_names(address: str, token: str) -> set[str]:
    return {lab["name"] for lab in (await _read_labs(address, token)).json()["items"]}


async def _until(attempt: Callable[[], Any], within_s: float = 90) -> Any:
    deadline = time.monotonic() + within_s
    while True:
        try:
            answer = await attempt()
            if answer.is_success:
                return answer
            last = answer.text
        except httpx.HTTPError as failure:
            last = repr(failure)
        assert time.monotonic() < deadline, last
        await asyncio.sleep(0.1)


async def test_what_a_failed_request_did_is_printed_by_its_id(start: Callable[..., Started], open_folder: Path) -> None:
    started = start(NANOPORE_ADMIN_PASSWORD=PASSWORD, NANOPORE_TRACE_RATIO="0")
    token = await _token(started.address)
    usual = await _read_labs(started.address, token)  # a read: no event of it is still on its way when the engine dies
    started.engines["postgres"].kill()
    failed = await _make_lab(started.address, token, "Lab of nobody")

    def printed(answer: httpx.Response) -> subprocess.CompletedProcess[str]:
        command = [*_COMMAND[:-1], "trace", answer.headers["x-request-id"], "--data-dir", str(open_folder / "data")]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (usual.status_code, failed.status_code) == (200, 503)
    told = printed(failed)
    assert "POST /api/labs 503" in told.stdout, told.stderr
    assert "nanopore_tracking.kernel.errors.Unavailable" in told.stdout
    assert "Lab of nobody" not in told.stdout
    assert printed(usual).stderr.startswith("No trace of ")


async def test_the_first_link_signs_in_once_and_a_stop_leaves_nothing(start: Callable[..., Started]) -> None:
    started = start()
    link = re.search(r"/sign-in\?link=(\S+)", started.said)
    assert link is not None

    async with httpx.AsyncClient(base_url=started.address) as client:
        first = await client.post("/api/auth/sessions", json={"link": link[1]})
        second = await client.post("/api/auth/sessions", json={"link": link[1]})

    assert first.status_code == 201
    assert first.json()["account"]["username"] == "admin"
    assert second.status_code == 401
    assert "Stopped." in started.stop()


async def test_a_second_start_on_the_same_folder_says_so_and_changes_nothing(start: Callable[..., Started]) -> None:
    started = start(NANOPORE_ADMIN_PASSWORD=PASSWORD)
    environ = {**os.environ, "NANOPORE_DATA_DIR": str(_folder_of(started))}

    second = await asyncio.create_subprocess_exec(*_COMMAND, env=environ, stderr=asyncio.subprocess.PIPE)
    _, said = await second.communicate()

    assert second.returncode == 1
    assert f"process {started.process.pid} at {started.address}" in said.decode()
    assert await _token(started.address)


def _folder_of(started: Started) -> Path:
    found = re.search(r"Starting in (\S+)", started.said)
    assert found is not None
    return Path(found[1])


async def test_killed_engines_come_back_and_nothing_acknowledged_is_lost(start: Callable[..., Started]) -> None:
    started = start(NANOPORE_ADMIN_PASSWORD=PASSWORD)
    token = await _token(started.address)
    assert (await _make_lab(started.address, token, "Before")).status_code == 201

    for engine in started.engines.values():
        engine.kill()
    made = await _until(lambda: _make_lab(started.address, token, "After"))

    assert made.status_code == 201
    assert {"Before", "After"} <= await _lab_names(started.address, token)
    async with httpx.AsyncClient(base_url=started.address) as client:
        await _until(lambda: client.get("/health/ready"))
    assert set(started.engines) == {"postgres", "nats-server"}


async def test_a_killed_product_starts_again_soon_with_all_it_had(start: Callable[..., Started]) -> None:
    started = start(NANOPORE_ADMIN_PASSWORD=PASSWORD)
    await _make_lab(started.address, await _token(started.address), "Kept")

    for process in (psutil.Process(started.process.pid), *started.engines.values()):
        process.kill()
    started.process.wait()
    again = start()

    # A start is to take less than ten seconds; how long a machine with other work takes says nothing.
    assert again.processor_s < 5
    assert "/sign-in?link=" not in again.said
    assert "Kept" in await _lab_names(again.address, await _token(again.address))
