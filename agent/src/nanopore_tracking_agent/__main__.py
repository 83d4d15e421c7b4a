"""`nanopore-tracking-agent`: follow MinKNOW and tell the product; `play`: play a run as MinKNOW would show one."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence

_DEFAULT_URL = "http://127.0.0.1:8000"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; exit codes: 0 it was ended, 1 nothing can be done, 2 the command was wrong."""
    parser = argparse.ArgumentParser(prog="nanopore-tracking-agent", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    follow = commands.add_parser("follow", help="Follow MinKNOW and tell the product, until somebody says stop.")
    follow.add_argument(
        "--minknow",
        action="append",
        metavar="HOST[:PORT]",
        help="A computer on which MinKNOW runs; may be given several times.  [default: 127.0.0.1:9501]",
    )
    follow.add_argument(
        "--url", default=os.environ.get("NANOPORE_URL", _DEFAULT_URL), help="Where the product answers."
    )
    follow.add_argument("--every", type=float, default=30.0, metavar="S", help="Seconds from one look to the next.")
    follow.add_argument("--once", action="store_true", help="Look until nothing more is to be told, and end.")
    from nanopore_tracking_agent.play import command as playing

    playing.add(commands)
    asked = parser.parse_args(arguments)
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    return playing.play(asked, stop) if asked.command == "play" else _follow(asked, stop)


def _follow(asked: argparse.Namespace, stop: threading.Event) -> int:
    from nanopore_tracking_agent.following import Follower
    from nanopore_tracking_agent.minknow import PORT, Host
    from nanopore_tracking_agent.telling import Product

    token = os.environ.get("NANOPORE_TOKEN", "")
    if not token:
        print("Give the token of an account with the role instrument by NANOPORE_TOKEN.", file=sys.stderr)  # noqa: T201
        return 2
    hosts = []
    for said in asked.minknow or ["127.0.0.1"]:
        host, _, port = said.partition(":")
        if not host or (port and not port.isdigit()):
            print(f"{said} is no host, or its port is no number.", file=sys.stderr)  # noqa: T201
            return 2
        hosts.append(Host(host, int(port or PORT)))
    product = Product(asked.url, token)
    follower = Follower(hosts, product, every_s=max(0.2, asked.every))
    if asked.once:
        while follower.look() and not stop.is_set():
            pass
    else:
        follower.follow(stop)
    for each in hosts:
        each.close()
    product.close()
    return 1 if asked.once and follower.failing else 0


if __name__ == "__main__":
    sys.exit(main())
