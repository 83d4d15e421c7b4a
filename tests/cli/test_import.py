"""`nanopore-tracking import` as it is used in a shell: a program of its own, a pipe instead of a terminal."""

import asyncio
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.harness import printed
from tests.harness.product import checked
from tests.services.ai import corpus
from tests.services.ai.conftest import Bench, bench

__all__ = ["bench"]

GOOD = [(f"QX_{n:02d}", 50, 48.5, 52.1, 1.85, 2.1) for n in range(1, 4)]


@dataclass(frozen=True)
class Said:
    """What the command said and how it ended."""

    code: int
    out: str
    err: str


async def _run(*arguments: str, **environ: str) -> Said:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "nanopore_tracking",
        "import",
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", **environ},
    )
    out, err = await process.communicate()
    return Said(process.returncode or 0, out.decode(), err.decode())


def _environ(bench: Bench, *, as_alice: bool = True) -> dict[str, str]:
    client = bench.alice if as_alice else bench.robin
    token = client.headers["authorization"].removeprefix("Bearer ")
    return {"NANOPORE_URL": bench.product.base_url, "NANOPORE_TOKEN": token}


async def _import(bench: Bench, file: Path, *options: str, as_alice: bool = True) -> Said:
    return await _run(
        str(file), "--project", bench.project_code.lower(), *options, **_environ(bench, as_alice=as_alice)
    )


def _file(folder: Path, content: bytes, name: str = "form.csv") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


async def _samples(bench: Bench) -> int:
    found = checked(await bench.alice.get("/api/samples", params={"project_id": bench.project_id}))
    return len(found["items"])


async def test_a_good_manifest_is_accepted(bench: Bench, tmp_path: Path) -> None:
    said = await _import(bench, _file(tmp_path, corpus.manifest_csv(GOOD)), "--accept", "--reason", "As agreed.")

    assert said.code == 0, said
    assert "is accepted: 3 samples are expected." in said.out
    assert await _samples(bench) == 3


async def test_without_accept_it_waits(bench: Bench, tmp_path: Path) -> None:
    said = await _import(bench, _file(tmp_path, corpus.manifest_xlsx(GOOD[:1]), "form.xlsx"), as_alice=False)

    assert said.code == 0, said
    assert "waits to be accepted" in said.out
    assert ": 1 row of form.xlsx; 0 errors, " in said.out
    assert await _samples(bench) == 0


async def test_every_problem_is_told_at_its_cell(bench: Bench, tmp_path: Path) -> None:
    rows = [("QX_01", "much", 48.5), ("QX_01", 50, 48.5), ("", 50, 48.5)]
    said = await _import(bench, _file(tmp_path, corpus.manifest_csv(rows)), "--accept")

    assert said.code == 1, said
    assert "B2" in said.out
    assert "much" in said.out
    assert "was not accepted" in said.out
    assert await _samples(bench) == 0


async def test_many_problems_are_counted(bench: Bench, tmp_path: Path) -> None:
    rows = [(f"QX_{n}", "much", 48.5) for n in range(100)]
    said = await _import(bench, _file(tmp_path, corpus.manifest_csv(rows)), "--accept")

    assert said.code == 1, said
    assert "more." in said.out
    assert len(said.out.splitlines()) < 60


async def test_a_doubt_about_a_column_is_settled_on_the_command_line(bench: Bench, tmp_path: Path) -> None:
    file = _file(tmp_path, "Sample name,Volume (µL),Conc. (ng/µL)\nQX_01,50,48.5\n".encode())
    asked = await _import(bench, file)
    settled = await _import(bench, file, "--column", "C=qubit_ng_per_ul")

    assert asked.code == 1, asked
    assert "Conc. (ng/µL)" in asked.out
    assert "--column" in asked.out
    assert settled.code == 0, settled


async def test_a_form_waits_to_be_looked_at(bench: Bench, tmp_path: Path) -> None:
    doubtful = ("QX_03", "2O", "44.5", "1.81")
    said = await _import(bench, _file(tmp_path, printed.form([*printed.rows(2), doubtful]), "form.pdf"), "--accept")

    assert said.code == 1, said
    assert "1 value is in doubt" in said.err
    assert "/review" in said.err


@pytest.mark.parametrize(
    ("content", "word"), [(b"", "empty"), (b"%PDF-1.7", "PDF"), (b"Sample name,Volume (uL)\n", "no sample")]
)
async def test_what_is_refused_is_said(bench: Bench, tmp_path: Path, content: bytes, word: str) -> None:
    said = await _import(bench, _file(tmp_path, content))

    assert said.code == 1, said
    assert word in said.err
    assert "Traceback" not in said.err


async def test_a_wrong_command_is_told_from_a_refusal(bench: Bench, tmp_path: Path) -> None:
    file = _file(tmp_path, corpus.manifest_csv(GOOD))

    assert (await _run(str(tmp_path / "nothing.csv"), **_environ(bench))).code == 2
    assert (await _run(str(file), "--project", "NO-SUCH", **_environ(bench))).code == 2
    assert (await _run(str(file), "--column", "C", **_environ(bench))).code == 2


async def test_nobody_answers(tmp_path: Path) -> None:
    file = _file(tmp_path, corpus.manifest_csv(GOOD))
    said = await _run(str(file), "--url", "http://127.0.0.1:9", NANOPORE_TOKEN="x")

    assert said.code == 3
    assert "cannot be reached" in said.err


async def test_a_token_that_is_not_accepted(bench: Bench, tmp_path: Path) -> None:
    environ = _environ(bench) | {"NANOPORE_TOKEN": "nonsense"}
    said = await _run(str(_file(tmp_path, corpus.manifest_csv(GOOD))), **environ)

    assert said.code == 1
    assert "Traceback" not in said.err


async def test_ten_thousand_rows_are_accepted_in_seconds(bench: Bench, tmp_path: Path) -> None:
    file = _file(tmp_path, corpus.large_xlsx(10_000), "form.xlsx")
    began_s = time.perf_counter()
    said = await _import(bench, file, "--accept", "--reason", "As agreed.")
    took_s = time.perf_counter() - began_s

    assert said.code == 0, said
    assert "10,000 samples are expected" in said.out
    assert took_s < 60, f"{took_s:.1f} s"
