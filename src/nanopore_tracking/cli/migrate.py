"""`nanopore-tracking migrate [NAME…]`: bring the databases of services to what this version needs."""

import asyncio
import os
from typing import Annotated

import typer

app = typer.Typer()

Names = Annotated[list[str] | None, typer.Argument(help="Services; without any, all that have a database.")]


@app.command()
def migrate(names: Names = None) -> None:
    """Bring databases up to date, as the owner: SAMPLES_DB_OWNER_URL before SAMPLES_DB_URL, and so on."""
    from nanopore_tracking import process
    from nanopore_tracking.cli import failures

    with failures.told():
        for name, applied in asyncio.run(process.migrate(names or None, os.environ)).items():
            typer.echo(f"{name}: {'up to date' if not applied else 'applied ' + ', '.join(applied)}")
