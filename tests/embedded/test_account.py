"""Engines run under an account that is not root, from a place that this account can reach."""

import os
import pwd
import socket
from pathlib import Path

import pytest

from nanopore_tracking.embedded import ports
from nanopore_tracking.embedded.account import Account, engine_account, reachable
from nanopore_tracking.kernel.errors import Unavailable

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="Only root starts engines under another account.")


@pytest.fixture
def nobody() -> Account:
    found = pwd.getpwnam("nobody")
    return Account(found.pw_name, found.pw_uid, found.pw_gid)


def _closed_folder_with_a_program(folder: Path) -> Path:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    (closed / "engine").write_text("#!/bin/sh\n")
    (closed / "engine").chmod(0o755)
    return closed


@needs_root
def test_root_never_runs_an_engine_itself(open_folder: Path) -> None:
    account = engine_account(open_folder / "missing")

    assert account is not None
    assert account.uid != 0


@needs_root
def test_a_data_folder_keeps_its_account(open_folder: Path, nobody: Account) -> None:
    nobody.owns(open_folder)

    assert engine_account(open_folder) == nobody


@needs_root
def test_a_program_behind_a_closed_door_is_copied_to_where_it_can_run(open_folder: Path, nobody: Account) -> None:
    closed = _closed_folder_with_a_program(open_folder)

    found = reachable(closed, ("engine",), nobody, shelter=open_folder / "programs")

    assert found == open_folder / "programs"
    assert os.access(found / "engine", os.X_OK)
    assert closed.stat().st_mode & 0o777 == 0o700


@needs_root
def test_a_data_folder_behind_a_closed_door_is_refused(open_folder: Path, nobody: Account) -> None:
    closed = _closed_folder_with_a_program(open_folder)

    with pytest.raises(Unavailable, match="NANOPORE_DATA_DIR"):
        reachable(closed, ("engine",), nobody, shelter=closed / "programs")


def test_an_ordinary_user_runs_the_programs_where_they_are(open_folder: Path) -> None:
    assert reachable(open_folder, ("engine",), None, shelter=open_folder / "programs") == open_folder


def test_free_ports_are_below_those_lent_to_outgoing_connections() -> None:
    found = ports.free_ports(3, seed=os.getpid())

    assert len(set(found)) == 3
    assert all(1024 < port < 32768 for port in found)


def test_a_chosen_port_that_is_taken_is_named() -> None:
    taken = ports.free_ports(1, seed=os.getpid())[0]
    with socket.create_server((ports.LOOPBACK, taken)), pytest.raises(Unavailable, match=str(taken)):
        ports.ports_from(taken, 2)
