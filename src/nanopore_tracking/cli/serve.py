"""`nanopore-tracking serve NAME…`: run the named services in this process until it is told to stop."""

import os
from typing import Annotated

import typer

app = typer.Typer()

Names = Annotated[
    list[str], typer.Argument(help="sample, ai, audit, backup, config, web; several may share a process.")
]


@app.command()
def serve(names: Names) -> None:
    """Run services; addresses of databases and of NATS come from the environment."""
    from nanopore_tracking import process
    from nanopore_tracking.cli import failures

    with failures.told():
        process.run(names, os.environ)
