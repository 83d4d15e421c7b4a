"""`nanopore-tracking version`: what is installed here."""

import typer

from nanopore_tracking import __version__

app = typer.Typer()


@app.command()
def version() -> None:
    """Say which version this is."""
    typer.echo(f"nanopore-tracking {__version__}")
