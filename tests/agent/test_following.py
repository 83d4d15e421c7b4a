"""The agent beside a played MinKNOW, each a process: restarts, certificates, versions, a product that is away."""

import asyncio
import contextlib
from pathlib import Path
from typing import Any

from tests.harness.instrument import following, looked, plan_of, played
from tests.harness.product import Product, checked
from tests.services.sample.planning import planned
from tests.services.sample.pooled import Pooling, pooling
from tests.services.sample.telling import live

POOL = [("barcode01", "", 1.0), ("barcode02", "", 0.1)]


async def _made(product: Product) -> tuple[Pooling, Any, str]:
    """Return a planned run, and the token of an agent."""
    made = await pooling(product)
    agent = await product.client("instrument")
    run = await planned(made, await made.pooled(1, 2))
    return made, run, agent.headers["authorization"].removeprefix("Bearer ")


async def _minute(made: Pooling, run: Any, least: int) -> Any:
    found = await live(made, run)
    return found if (found["minute"] or -1) >= least else None


async def _minutes(made: Pooling, run: Any) -> list[int]:
    found: list[int] = []
    while True:
        asked = {"limit": 100, "after_minute": found[-1] if found else 0}
        page = checked(await made.manager.get(f"/api/runs/{run['code']}/live/minutes", params=asked))["items"]
        if not page:
            return found
        found += [each["minute"] for each in page]


async def test_minknow_is_killed_in_the_middle_and_nothing_is_missing_or_twice(
    product: Product, tmp_path: Path
) -> None:
    made, run, token = await _made(product)
    async with played(tmp_path / "minknow", **plan_of(run, POOL)) as instrument:
        async with following(instrument, url=product.base_url, token=token):
            await product.eventually(lambda: _minute(made, run, 60), within_s=40)
            await instrument.kill()

            async def lost() -> bool:
                return bool((await live(made, run))["state"] == "unreachable")

            await product.eventually(lost, within_s=40)
            assert "does not answer" in (await live(made, run))["sentence"]
            before = (await live(made, run))["minute"]
            await instrument.start()
            found = await product.eventually(lambda: _minute(made, run, before + 200), within_s=40)
        assert found["state"] == "running"
    minutes = await _minutes(made, run)
    assert minutes == list(range(1, minutes[-1] + 1))
    assert found["gaps"] == []
    by_name = {each["barcode"]: each for each in found["barcodes"]}
    assert by_name["barcode02"]["low"]
    assert by_name["barcode01"]["share"] > 0.8
    assert found["n50_bases"] == 4100


async def test_the_agent_itself_is_started_again_and_goes_on(product: Product, tmp_path: Path) -> None:
    made, run, token = await _made(product)
    async with played(tmp_path / "minknow", **plan_of(run, POOL)) as instrument:
        async with following(instrument, url=product.base_url, token=token):
            await product.eventually(lambda: _minute(made, run, 30), within_s=40)
        before = (await live(made, run))["minute"]
        await asyncio.sleep(1.5)
        async with following(instrument, url=product.base_url, token=token):
            await product.eventually(lambda: _minute(made, run, before + 60), within_s=40)
    minutes = await _minutes(made, run)
    assert minutes == list(range(1, minutes[-1] + 1))


async def test_a_product_that_is_away_costs_nothing_but_time(product: Product, tmp_path: Path) -> None:
    made, run, token = await _made(product)
    async with played(tmp_path / "minknow", **plan_of(run, POOL)) as instrument:
        code, said = await looked(instrument, url="http://127.0.0.1:9", token=token)
        assert code == 1
        assert "Nothing is lost" in said
        await asyncio.sleep(1)
        code, said = await looked(instrument, url=product.base_url, token=token)
        assert code == 0
        assert f"is the run {run['code']}" in said
    minutes = await _minutes(made, run)
    assert minutes == list(range(1, minutes[-1] + 1))
    assert minutes[-1] >= 50


async def test_a_product_that_goes_away_while_the_agent_runs_gets_all_of_it_later(
    product: Product, tmp_path: Path
) -> None:
    made, run, token = await _made(product)
    async with (
        played(tmp_path / "minknow", **plan_of(run, POOL)) as instrument,
        _Door(product.base_url) as door,
        following(instrument, url=door.url, token=token),
    ):
        await product.eventually(lambda: _minute(made, run, 20), within_s=40)
        await door.shut()

        async def still() -> Any:
            """Return the last minute once none comes any more: what was under way may arrive when the door is shut."""
            now = (await live(made, run))["minute"]
            await asyncio.sleep(1)
            return now if now == (await live(made, run))["minute"] else None

        before = await product.eventually(still)
        await asyncio.sleep(1)
        assert (await live(made, run))["minute"] == before
        await door.open()
        await product.eventually(lambda: _minute(made, run, before + 100), within_s=40)
    minutes = await _minutes(made, run)
    assert minutes == list(range(1, minutes[-1] + 1))


class _Door:
    """A way to whoever serves there that can be shut: connections are refused then, and open ones are cut."""

    def __init__(self, to: str) -> None:
        self._to = int(to.rpartition(":")[2])
        self._port = 0
        self._server: asyncio.Server | None = None
        self._ways: set[asyncio.StreamWriter] = set()

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        return f"http://{self.place}"

    async def __aenter__(self) -> "_Door":
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.shut()

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._through, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        if self._server is not None:
            self._server.close()
        for way in self._ways:
            way.transport.abort()
        await asyncio.sleep(0.1)

    async def _through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._ways |= {writer, back}
        await asyncio.gather(_piped(reader, back), _piped(there, writer))
        self._ways -= {writer, back}


async def _piped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def test_minknow_that_dies_in_the_middle_of_an_answer_is_no_matter_of_certificates(
    product: Product, tmp_path: Path
) -> None:
    made, run, token = await _made(product)
    async with (
        played(tmp_path / "minknow", **plan_of(run, POOL)) as instrument,
        _Door(instrument.told()) as door,
        following(instrument, url=product.base_url, token=token, minknow=door.place),
    ):
        await product.eventually(lambda: _minute(made, run, 20), within_s=40)
        # The door has read what is asked and gets no answer: its end is an end of the connection, not a reset.
        instrument.freeze()
        await asyncio.sleep(1)
        await door.shut()

        async def told() -> str:
            said = instrument.said.read_text()
            return said if "certificates" in said or "does not answer" in said else ""

        said = await product.eventually(told, within_s=40)
    assert "does not answer" in said
    assert "certificates" not in said


async def test_a_client_without_its_certificate_is_not_let_in_and_that_is_told(
    product: Product, tmp_path: Path
) -> None:
    made, run, token = await _made(product)
    async with (
        played(tmp_path / "minknow", **plan_of(run, POOL)) as instrument,
        played(tmp_path / "other") as other,
    ):
        foreign = {
            name: other.ready["environment"][name]
            for name in ("MINKNOW_API_CLIENT_CERTIFICATE_CHAIN", "MINKNOW_API_CLIENT_KEY")
        }
        code, said = await looked(instrument, url=product.base_url, token=token, **foreign)
        assert code == 0
        assert "do not trust each other's certificates" in said
        code, said = await looked(instrument, url=product.base_url, token=token, MINKNOW_TRUSTED_CA="/not/there.crt")
        assert "MINKNOW_TRUSTED_CA names there.crt, which cannot be read." in said
    assert (await live(made, run))["state"] == "none"


async def test_another_version_of_minknow_is_told_and_not_read(product: Product, tmp_path: Path) -> None:
    made, run, token = await _made(product)
    async with played(tmp_path / "minknow", **plan_of(run, POOL, core_version="5.9.18")) as instrument:
        _, said = await looked(instrument, url=product.base_url, token=token)
        assert "MinKNOW Core 5.9.18 is there, and this agent speaks to 6.10. Nothing is read from it" in said
    assert (await live(made, run))["state"] == "none"


async def test_a_token_that_may_not_is_told_so(product: Product, tmp_path: Path) -> None:
    made, run, _ = await _made(product)
    token = made.manager.headers["authorization"].removeprefix("Bearer ")
    async with played(tmp_path / "minknow", **plan_of(run, POOL)) as instrument:
        code, said = await looked(instrument, url=product.base_url, token=token)
    assert code == 1
    assert "answered 403" in said
