"""The command `nanopore-tracking`, also as `python -m nanopore_tracking`."""

import sys

from nanopore_tracking import __version__


def main() -> None:
    """Run the command line; `version` alone is answered without loading any of it."""
    if sys.argv[1:] in (["version"], ["--version"]):
        sys.stdout.write(f"nanopore-tracking {__version__}\n")
        return
    from nanopore_tracking.cli.main import run

    run()


if __name__ == "__main__":
    main()
