"""Answers the programs of recorders from within the tests: starting Python for each call would take too long."""

import base64
import functools
import shutil
import socketserver
import threading
from pathlib import Path

from tests.deployment.recorder.cluster import Call, Said, respond

#: What a program sends, each ended by a NUL: recorder's folder, name, kubectl that renders, input in base64, number of
#: words, words. It gets the exit code and what goes to standard error, each ended by a NUL, and then what it prints.
_PROGRAM = r"""#!{bash}
input=
for word; do
  case $word in --) break ;; -|-f-|--filename=-|-i|--stdin) input=$(base64 -w 0); break ;; esac
done
exec 3<> /dev/tcp/127.0.0.1/{port}
printf '%s\0' '{folder}' {name} "${{REAL_KUBECTL-}}" "$input" "$#" "$@" >&3
IFS= read -r -d '' code <&3
IFS= read -r -d '' err <&3
# Without a program: there are thousands of calls.
IFS= read -r -d '' out <&3
printf %s "$out"
printf %s "$err" >&2
exit "$code"
"""


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        folder, name, rendered_by, given, count = (self._field() for _ in range(5))
        words = [self._field() for _ in range(int(count))]
        call = Call(name, Path(folder), base64.b64decode(given).decode(), rendered_by)
        assert isinstance(self.server, _Server)
        with self.server.one_at_a_time:
            try:
                said = respond(call, words)
            except Exception as failure:  # noqa: BLE001 (whoever called has to end, and to say why)
                said = Said(70, err=f"the recorder failed: {failure!r}\n")
        self.wfile.write(f"{said.code}\0{said.err}\0{said.out}".encode())

    def _field(self) -> str:
        found = bytearray()
        while (byte := self.rfile.read(1)) not in (b"\0", b""):
            found += byte
        return found.decode()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.one_at_a_time = threading.Lock()


@functools.cache
def _port() -> int:
    server = _Server()
    threading.Thread(target=server.serve_forever, name="recorder", daemon=True).start()
    return int(server.server_address[1])


def program(name: str, folder: Path) -> str:
    """Return the text of a program that is answered here, for the recorder in a folder."""
    return _PROGRAM.format(bash=shutil.which("bash"), port=_port(), folder=folder, name=name)
