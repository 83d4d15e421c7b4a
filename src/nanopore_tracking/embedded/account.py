"""Under which account of the machine the engines run: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from nanopore_tracking.kernel.errors import Unavailable

#: Accounts that engines run as when the product is started by root, best first.
_STAND_INS = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """An account of the machine."""

    name: str
    uid: int
    gid: int

    def owns(self, path: Path) -> None:
        """Give one file or folder to the account."""
        os.chown(path, self.uid, self.gid)

    def reaches(self, path: Path) -> bool:
        """Say whether the account may pass through every folder above a path."""
        return all(self._passes(folder) for folder in path.resolve().parents)

    def _passes(self, folder: Path) -> bool:
        found = folder.stat()
        if found.st_uid == self.uid:
            return bool(found.st_mode & 0o100)
        if found.st_gid == self.gid:
            return bool(found.st_mode & 0o010)
        return bool(found.st_mode & 0o001)


def engine_account(data: Path) -> Account | None:
    """Return the account that engines must run as, None for the present one.

    A folder that was made before keeps its owner, so that an account installed later changes nothing.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and data.stat().st_uid != 0:
        owner = pwd.getpwuid(data.stat().st_uid)
        return Account(owner.pw_name, owner.pw_uid, owner.pw_gid)
    for name in _STAND_INS:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_name, found.pw_uid, found.pw_gid)
    raise Unavailable(
        "PostgreSQL does not run as root, and this machine has neither an account named postgres nor one named "
        "nobody. Nothing was started. Start the product as an ordinary user."
    )


def reachable(base: Path, parts: tuple[str, ...], account: Account | None, *, shelter: Path) -> Path:
    """Return the folder under which the account can run the programs that lie in some parts of `base`.

    Programs under a folder that is closed to the account (such as root's home) are copied into the folder `shelter`,
    once; opening root's home to everybody would be the worse choice.
    """
    if account is None or account.reaches(base / parts[0]):
        return base
    if not account.reaches(shelter):
        raise Unavailable(
            f"The engines run as {account.name}, who may not enter {shelter.parent}. Nothing was started. Set "
            "NANOPORE_DATA_DIR to a folder under a path that everybody may pass, such as /var/lib/nanopore-tracking."
        )
    if not shelter.exists():
        half = shelter.with_name(shelter.name + ".half")
        shutil.rmtree(half, ignore_errors=True)
        for part in parts:
            _copy(base / part, half / part)
        for folder in (half, *(entry for entry in half.rglob("*") if entry.is_dir())):
            folder.chmod(0o755)
        half.rename(shelter)
    return shelter


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True)
    elif source.exists():
        shutil.copy2(source, target)
