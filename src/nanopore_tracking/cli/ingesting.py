"""`nanopore-tracking ingest FOLDER`: read a run folder where it lies and send what was read to the product."""

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from nanopore_tracking.cli.api import Api, Token, Url, User, open_api
from nanopore_tracking.counting import counted
from nanopore_tracking.kernel import errors

if TYPE_CHECKING:
    from nanopore_tracking.runfolders.figures import RunFigures
    from nanopore_tracking.runfolders.readings import Reading
    from nanopore_tracking.runfolders.summaries import Cache

app = typer.Typer(add_completion=False)

_NEEDED = "polars"
_MISSING = (
    "What reads run folders is not installed here. Nothing was read; install the product with its extra `runs`, on the "
    "machine that sees the folders."
)
#: Acquisitions of one folder that are sent, the folder's own and then the largest.
MOST_RUNS = 20
_LEFT_OUT = "The folder has reads of {} run ids; the {} largest were sent."

Folder = Annotated[Path, typer.Argument(help="The folder of one run, as MinKNOW or a basecaller left it.")]
CacheFolder = Annotated[
    Path | None,
    typer.Option(
        "--cache",
        envvar="NANOPORE_READS_DIR",
        help="Where columns of reads are kept.  [default: ~/.cache/nanopore-tracking]",
    ),
]
Dry = Annotated[bool, typer.Option("--dry-run", help="Read and say what was read; send nothing.")]


@app.command(name="ingest")
def ingest(
    folder: Folder,
    cache: CacheFolder = None,
    dry_run: Dry = False,
    url: Url = "",
    username: User = "",
    token: Token = "",
) -> None:
    """Read a run folder and tell the product what was read; the folder is not changed.

    Exit codes: 0 it was read, 1 there is nothing to read or the product refused it, 2 the command was wrong, 3 nobody
    answers.
    """
    kept = open_cache(cache)
    reading = read(folder, kept)
    tell(reading)
    if reading.state in ("vanished", "unreadable"):
        typer.echo("Nothing was sent.", err=True)
        raise typer.Exit(1)
    if not dry_run:
        for said in standings(send(open_api(url, username, token), reading)):
            typer.echo(said)


def open_cache(folder: Path | None) -> "Cache":
    """Return where columns of reads are kept; Unavailable where what reads them is not installed."""
    try:
        from nanopore_tracking.runfolders.summaries import Cache
    except ModuleNotFoundError as missing:
        if missing.name != _NEEDED:
            raise
        raise errors.Unavailable(_MISSING, type="not-installed", retry_after_s=0) from None
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Cache(folder or Path(base) / "nanopore-tracking" / "reads")


def read(folder: Path, cache: "Cache") -> "Reading":
    """Return what a run folder says; links in its path are resolved, so that it has one name."""
    from nanopore_tracking.runfolders import folders

    return folders.read(folder.resolve(), cache)


def send(api: Api, reading: "Reading") -> list[dict[str, Any]]:
    """Send what was read, one acquisition after the other, and return each as the product has it.

    What is sent is the largest run ids of a summary that has more than a person can judge.
    """
    from nanopore_tracking.runfolders import splitting

    answers = []
    parts = splitting.split(reading)
    for part in parts[:MOST_RUNS]:
        said = part
        if len(parts) > MOST_RUNS:
            said = msgspec.structs.replace(part, problems=[*part.problems, _LEFT_OUT.format(len(parts), MOST_RUNS)])
        body = {"reader": socket.gethostname(), "reading": msgspec.to_builtins(said)}
        answers.append(api.post("/api/runs/acquisitions", body))
    return answers


def tell(reading: "Reading") -> None:
    """Print what was read, of each acquisition that is in the folder."""
    from nanopore_tracking.runfolders import splitting, texts

    said: set[str] = set()
    for part in splitting.split(reading):
        typer.echo(f"{texts.shown(part.folder)}: {part.sentence}")
        for problem in part.problems:
            if problem not in said:
                typer.echo(f"  {problem}")
        said |= set(part.problems)
        for run in part.summary.runs if part.summary else []:
            _tell_run(run)


def _tell_run(run: "RunFigures") -> None:
    from nanopore_tracking.runfolders.figures import gigabases

    whole = run.whole
    judged = whole.pass_reads + whole.fail_reads
    passed = f"{gigabases(whole.pass_bases)} passed" if judged else "not judged by the basecaller"
    quality = "" if whole.mean_q is None else f", mean Q {whole.mean_q:.1f} (of the mean error probability)"
    named = run.run_id or "Without a run id"
    typer.echo(f"  {named}: {counted(whole.reads, 'read')}, {gigabases(whole.bases)}, {passed}{quality}")
    if whole.n50_bases is not None:
        of = f"{counted(run.channels_seen, 'channel')}, {counted(len(run.barcodes), 'barcode')}"
        typer.echo(f"    N50 {counted(whole.n50_bases, 'base')}, {of}")


def lines(reading: "Reading", answers: list[dict[str, Any]]) -> list[str]:
    """Say of each acquisition that was sent how it stands and which run it is, and what could not be read."""
    from nanopore_tracking.runfolders import splitting

    parts = splitting.split(reading)[: len(answers)]
    said = [f"{part.sentence} {_standing(answer)}" for part, answer in zip(parts, answers, strict=True)]
    if len(said) > 1:
        said = [f"{_named(answer)}: {line}" for line, answer in zip(said, answers, strict=True)]
    return said + reading.problems


def standings(answers: list[dict[str, Any]]) -> list[str]:
    """Say of each acquisition which planned run it is, or who has to say so; by its id where there are several."""
    if len(answers) == 1:
        return [_standing(answers[0])]
    return [f"{_named(found)}: {_standing(found)}" for found in answers]


def _named(found: dict[str, Any]) -> str:
    return found["acquisition_run_id"][:8] or "Its own run"


def _standing(found: dict[str, Any]) -> str:
    if found["standing"] == "matched":
        return f"It is the run {found['run']}."
    if found["standing"] == "aside":
        return "It was set aside: it is no planned run."
    best = found["candidates"][0] if found["candidates"] else None
    if best is None:
        return "No planned run is like it. Somebody has to say which run it is, on the page Run folders."
    differs = ", ".join(key.replace("_", " ") for key in best["differs"]) or "nothing, but too little is known"
    return (
        f"It may be the run {best['run']} (it differs in {differs}). Somebody has to say so, on the page Run folders."
    )
