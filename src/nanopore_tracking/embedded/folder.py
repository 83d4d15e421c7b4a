"""The data folder of one machine: where everything lies, who holds it now, and the passwords that were made for it."""

import contextlib
import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from nanopore_tracking.embedded.account import Account, engine_account
from nanopore_tracking.kernel.errors import Conflict, Unavailable

TRACES = "traces"


def default_path() -> Path:
    """Return the data folder that is used when none is named: the user's own, for root the system's."""
    if os.geteuid() == 0:
        return Path("/var/lib/nanopore-tracking")
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "nanopore-tracking"


class Folder:
    """The data folder; creating one creates what is missing in it and changes nothing else."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.account: Account | None = engine_account(self.postgres)
        # Engines under another account must be able to pass, not to look around.
        try:
            open_to = 0o700 if self.account is None else 0o711
            for part, mode in {
                self.path: open_to,
                self.documents: 0o700,
                self.backups: 0o700,
                self.logs: 0o700,
                **({} if self.account is None else {self.programs: open_to}),
            }.items():
                if not part.exists():
                    part.mkdir(parents=True)
                    part.chmod(mode)
        except OSError as error:
            raise Unavailable(
                f"The data folder {self.path} cannot be made: {error.strerror}. Nothing was started. "
                "Set NANOPORE_DATA_DIR to a folder that you may write to."
            ) from error
        if self.account is not None and not self.account.reaches(self.postgres):
            raise Unavailable(
                f"PostgreSQL runs as {self.account.name}, who may not enter {self.path}. Nothing was started. "
                "Set NANOPORE_DATA_DIR to a folder that everybody may pass, such as /var/lib/nanopore-tracking."
            )

    @property
    def postgres(self) -> Path:
        """PostgreSQL's own folder."""
        return self.path / "postgresql"

    @property
    def nats(self) -> Path:
        """NATS's own folder."""
        return self.path / "nats"

    @property
    def programs(self) -> Path:
        """Copies of the engines' programs, where the installed ones cannot be reached by the account they run as."""
        return self.path / "programs"

    @property
    def logs(self) -> Path:
        """What the engines say."""
        return self.path / "logs"

    @property
    def traces(self) -> Path:
        """The latest traces, for `nanopore-tracking trace`."""
        return self.path / TRACES

    @property
    def documents(self) -> Path:
        """Uploaded documents."""
        return self.path / "documents"

    @property
    def backups(self) -> Path:
        """Backups."""
        return self.path / "backups"

    @property
    def first_link(self) -> Path:
        """Where the first sign-in link's token is put for whoever starts the product."""
        return self.path / "first-link"

    @property
    def signing_key(self) -> Path:
        """The private key that access tokens are signed with, made at the first look."""
        file = self.path / "signing-key.pem"
        if not file.exists():
            key = Ed25519PrivateKey.generate()
            _write_secret(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return file

    def password(self, name: str) -> str:
        """Return the password kept under a name, made at the first call."""
        file = self.path / "passwords.json"
        kept: dict[str, str] = json.loads(file.read_bytes()) if file.exists() else {}
        if name not in kept:
            kept[name] = secrets.token_urlsafe(24)
            _write_secret(file, json.dumps(kept, indent=2).encode())
        return kept[name]

    @contextlib.contextmanager
    def hold(self, address: str) -> Iterator[None]:
        """Hold the folder for this process; Conflict says who holds it.

        The hold is the operating system's lock and ends with the process, however it ends; the text in the file is
        for people.
        """
        with (self.path / "in-use").open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.seek(0)
                raise Conflict(
                    f"The product already runs on {self.path}: {file.read().strip()}. Nothing was changed.",
                    type="already-running",
                ) from None
            file.truncate(0)
            file.write(f"process {os.getpid()} at {address}\n")
            file.flush()
            try:
                yield
            finally:
                file.truncate(0)


def _write_secret(file: Path, content: bytes) -> None:
    half = file.with_name(file.name + ".half")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sink:
        sink.write(content)
        sink.flush()
        os.fsync(sink.fileno())
    half.replace(file)
