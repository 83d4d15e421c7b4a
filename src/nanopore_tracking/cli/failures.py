"""Tells on the command line what went wrong, as a sentence and an exit code, without a traceback."""

import contextlib
from collections.abc import Iterator

import typer

from nanopore_tracking.kernel import errors


@contextlib.contextmanager
def told() -> Iterator[None]:
    """End the program with the sentence of the error; exit code 1, or 3 where somebody else does not answer."""
    try:
        yield
    except errors.Problem as problem:
        typer.echo(problem.message, err=True)
        for field in problem.fields:
            if field.message not in problem.message:
                typer.echo(f"  {field.path}: {field.message}", err=True)
        raise SystemExit(3 if isinstance(problem, errors.Unavailable) else 1) from None
