"""`nanopore-tracking watch` reads what is new or changed, once, whatever goes wrong with another folder."""

import shutil
import sys
from pathlib import Path

import pytest

from nanopore_tracking.cli import ingesting
from nanopore_tracking.cli.watching import Sent, Watcher, run_folders
from nanopore_tracking.kernel import errors
from tests.runfolders import made, vintages

READS = vintages.draw(5)


class _Told:
    """Keeps which folders were told, and refuses the broken ones."""

    def __init__(self, *broken: str) -> None:
        self.names: list[str] = []
        self.broken = broken

    def __call__(self, folder: Path) -> str:
        self.names.append(folder.parent.name)
        if folder.parent.name in self.broken:
            raise errors.Unavailable("Nobody answers.", type="unreachable", retry_after_s=0)
        return "complete" if folder.is_dir() else "vanished"

    def taken(self) -> list[str]:
        """Return what was told since it was last asked."""
        names, self.names = self.names, []
        return names


def _root(tmp_path: Path, *names: str) -> Path:
    for name in names:
        made.folder(tmp_path / "data" / name, READS)
    return tmp_path / "data"


def test_each_folder_is_told_once_and_again_when_it_changes(tmp_path: Path) -> None:
    root, told = _root(tmp_path, "a", "b"), _Told()
    assert Watcher(root, Sent(tmp_path / "sent.json"), told).look() == 0
    assert told.taken() == ["a", "b"]
    after_a_restart = Watcher(root, Sent(tmp_path / "sent.json"), told)
    assert (after_a_restart.look(), told.taken()) == (0, [])
    (root / "b" / made.NAME / "report_PAX12345.html").write_text("done")
    assert (after_a_restart.look(), told.taken()) == (0, ["b"])


def test_a_folder_that_fails_is_tried_again_and_stops_no_other(tmp_path: Path) -> None:
    root, told = _root(tmp_path, "a", "b", "c"), _Told("b")
    watcher = Watcher(root, Sent(tmp_path / "sent.json"), told)
    assert (watcher.look(), told.taken()) == (1, ["a", "b", "c"])
    told.broken = ()
    assert (watcher.look(), told.taken()) == (0, ["b"])


def test_whatever_a_folder_does_to_the_program_the_others_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root, told = _root(tmp_path, "a", "b"), _Told()

    def failing(folder: Path) -> str:
        if folder.parent.name == "a":
            raise ValueError("an odd file")
        return told(folder)

    assert (Watcher(root, Sent(tmp_path / "sent.json"), failing).look(), told.taken()) == (1, ["b"])
    assert (
        "the program failed (ValueError: an odd file). It is tried again at the next look." in capsys.readouterr().err
    )


def test_what_cannot_be_kept_is_said_and_stops_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root, told = _root(tmp_path, "a", "b"), _Told()
    (tmp_path / "file").write_text("")
    assert (Watcher(root, Sent(tmp_path / "file" / "sent.json"), told).look(), told.taken()) == (2, ["a", "b"])
    assert "it is read again after a restart" in capsys.readouterr().err


def test_two_watches_of_one_folder_do_not_disturb_each_other(tmp_path: Path) -> None:
    root, memory = _root(tmp_path, "a", "b"), tmp_path / "sent.json"
    first, second = _Told(), _Told()
    watchers = [Watcher(root, Sent(memory), first), Watcher(root, Sent(memory), second)]
    (tmp_path / "sent.draft").mkdir()
    assert [watcher.look() for watcher in watchers] == [0, 0]
    assert (first.taken(), second.taken()) == (["a", "b"], ["a", "b"])
    assert set(Sent(memory).folders) == {str(folder) for folder in run_folders(root)}


def test_links_and_odd_names_in_the_root_lead_nowhere_else(tmp_path: Path) -> None:
    root = _root(tmp_path, "a'b\"c", "new\nline")
    (root / "loop").symlink_to(root)
    (root / "outside").symlink_to(made.folder(tmp_path / "elsewhere", READS))
    told = _Told()
    assert (Watcher(root, Sent(tmp_path / "sent.json"), told).look(), told.taken()) == (0, ["a'b\"c", "new\nline"])


def test_a_folder_that_is_gone_is_told_once(tmp_path: Path) -> None:
    root, told = _root(tmp_path, "a", "b"), _Told()
    watcher = Watcher(root, Sent(tmp_path / "sent.json"), told)
    watcher.look()
    shutil.rmtree(root / "a")
    told.taken()
    assert (watcher.look(), told.taken()) == (0, ["a"])
    assert (watcher.look(), told.taken()) == (0, [])


def test_a_damaged_memory_is_begun_again(tmp_path: Path) -> None:
    root, told = _root(tmp_path, "a"), _Told()
    (tmp_path / "sent.json").write_text('{"x": ')
    assert Watcher(root, Sent(tmp_path / "sent.json"), told).look() == 0
    assert told.taken() == ["a"]


def test_what_is_in_a_run_folder_is_no_other_run(tmp_path: Path) -> None:
    root = _root(tmp_path, "a")
    shutil.copytree(root / "a" / made.NAME, root / "a" / made.NAME / "copy")
    assert [path.name for path in run_folders(root)] == [made.NAME]


def test_without_what_reads_folders_the_command_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in sys.modules if name.startswith("nanopore_tracking.runfolders")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(errors.Unavailable, match="with its extra `runs`"):
        ingesting.open_cache(tmp_path)
