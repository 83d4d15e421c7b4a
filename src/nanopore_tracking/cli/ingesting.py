"""`nanopore-tracking ingest FOLDER`: read a run folder where it lies and send what was read to the product."""

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from nanopore_tracking.cli.api import Api, Token, Url, User, open_api
from nanopore_tracking.kernel import errors

if TYPE_CHECKING:
    from nanopore_tracking.runfolders.readings import Reading
    from nanopore_tracking.runfolders.summaries import Cache

app = typer.Typer(add_completion=False)

_NEEDED = "polars"
_MISSING = (
    "What reads run folders is not installed here. Nothing was read; install the product with its extra `runs`, on the "
    "machine that sees the folders."
)
#: Run ids of one summary of which distributions are sent; the largest.
_MOST_RUNS = 10

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
        typer.echo(standing(send(open_api(url, username, token), reading)))


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


def send(api: Api, reading: "Reading") -> dict[str, Any]:
    """Send what was read and return the acquisition as the product has it."""
    body = {"reader": socket.gethostname(), "reading": msgspec.to_builtins(trimmed(reading))}
    answer: dict[str, Any] = api.post("/api/runs/acquisitions", body)
    return answer


def trimmed(reading: "Reading") -> "Reading":
    """Return a reading with the distributions of its largest run ids alone."""
    summary = reading.summary
    if summary is None or len(summary.runs) <= _MOST_RUNS:
        return reading
    runs = sorted(summary.runs, key=lambda run: run.whole.bases, reverse=True)[:_MOST_RUNS]
    note = f"The summary has {len(summary.runs)} run ids; the figures of the {_MOST_RUNS} largest were sent."
    return msgspec.structs.replace(
        reading, summary=msgspec.structs.replace(summary, runs=runs), problems=[*reading.problems, note]
    )


def tell(reading: "Reading") -> None:
    """Print what was read."""
    typer.echo(f"{reading.folder}: {reading.sentence}")
    for problem in reading.problems:
        typer.echo(f"  {problem}")
    for run in reading.summary.runs if reading.summary else []:
        whole = run.whole
        judged = whole.pass_reads + whole.fail_reads
        passed = f"{whole.pass_bases / 1e9:,.3f} Gb passed" if judged else "not judged by the basecaller"
        quality = "" if whole.mean_q is None else f", mean Q {whole.mean_q:.1f} (of the mean error probability)"
        typer.echo(f"  {run.run_id}: {whole.reads:,} reads, {whole.bases / 1e9:,.3f} Gb, {passed}{quality}")
        if whole.n50_bases is not None:
            typer.echo(
                f"    N50 {whole.n50_bases:,} bases, {run.channels_seen:,} channels, {len(run.barcodes)} barcodes"
            )


def standing(found: dict[str, Any]) -> str:
    """Say which planned run an acquisition is, or who has to say so."""
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
