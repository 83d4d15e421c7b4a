"""Puts the commands together; each lies in a file of its own, which is imported only when it is asked for."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

#: Command → file in this folder, whose `app` it is; in the order in which the help lists them.
COMMANDS = {
    "up": "up",
    "serve": "serve",
    "migrate": "migrate",
    "doctor": "doctor",
    "import": "importing",
    "ingest": "ingesting",
    "watch": "watching",
    "demo": "demo",
    "delivery": "delivering",
    "backup": "backup",
    "ai": "reading",
    "trace": "trace",
    "version": "version",
}


class Lazy(TyperGroup):
    """A group that knows its commands by name and loads one when it is run."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 (the base class has it)
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 (the base class has it)
        """Return a command by its name, None for a name that is none."""
        if cmd_name not in COMMANDS:
            return None
        command = get_command(import_module(f"nanopore_tracking.cli.{COMMANDS[cmd_name]}").app)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=Lazy,
    help="Follows samples through a nanopore sequencing laboratory.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _all() -> None:
    """Follow samples through a nanopore sequencing laboratory."""


def run() -> None:
    """Run the command line with the arguments of the process."""
    from nanopore_tracking.cli import failures

    with failures.told():
        app(prog_name="nanopore-tracking")
