"""Every script reads its flags alike: in any order, with or without =, and does nothing where one is wrong."""

import itertools
from pathlib import Path

import pytest

from tests.deployment.recording import ROOT, Recorder

SCRIPTS = sorted(file.name for file in (ROOT / "scripts").glob("*.sh") if not file.name.startswith("install-"))


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--frobnicate"], "There is no flag --frobnicate."),
        (["--frobnicate=much"], "There is no flag --frobnicate."),
        (["--context", "blue", "extra"], "There is no flag extra."),
        (["--context", "blue", ""], "There is no flag ."),
        (["-x"], "There is no flag -x."),
        (["--"], "There is no flag --."),
        (["--context"], "--context needs a value."),
        (["--context="], "--context needs a value."),
        (["--context", "--context"], "--context needs a value."),
    ],
)
def test_a_wrong_flag_does_nothing(tmp_path: Path, name: str, flags: list[str], says: str) -> None:
    cluster = Recorder(tmp_path, "kubectl")

    ran = cluster.run(name, *flags)

    assert ran.code == 2
    assert ran.err.endswith(f"\n{says} Nothing was done.\n")
    assert f"Usage: scripts/{name}" in ran.err
    assert cluster.calls == []


@pytest.mark.parametrize("name", [name for name in SCRIPTS if name != "status.sh"])
@pytest.mark.parametrize("value", ["soon", "0", "-1", "1.5", "1234567"])
def test_a_time_is_a_number_of_seconds(tmp_path: Path, name: str, value: str) -> None:
    ran = Recorder(tmp_path, "kubectl").run(name, f"--timeout={value}")

    assert ran.code == 2
    assert ran.err.endswith(f"\n--timeout is a number of seconds, and {value} is none. Nothing was done.\n")


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("flags", [("--context", "a=b"), ("--context=a=b",), ("--context=c", "--context", "a=b")])
def test_a_value_may_hold_the_sign(tmp_path: Path, name: str, flags: tuple[str, ...]) -> None:
    cluster = Recorder(tmp_path, "kubectl")

    cluster.run(name, *flags, *(["--list"] if name == "restore.sh" else []))

    assert cluster.calls
    assert all("--context=a=b" in call.words for call in cluster.calls if "kustomize" not in call.words)


@pytest.mark.parametrize("name", SCRIPTS)
def test_help_is_told_behind_other_flags(tmp_path: Path, name: str) -> None:
    cluster = Recorder(tmp_path, "kubectl")

    assert cluster.run(name, "--context=blue", "-h").out == cluster.run(name, "--help").out != ""
    assert cluster.calls == []


@pytest.mark.parametrize("flags", list(itertools.permutations(["--all", "--service=audit", "--drop-scratch"])))
def test_all_services_are_each_once_whatever_the_order(tmp_path: Path, flags: tuple[str, ...]) -> None:
    cluster = Recorder(tmp_path, "kubectl")
    names = ["deployment/config-service", "statefulset/sample-db"]
    objects = {key: {"metadata": {"name": key.partition("/")[2]}} for key in names}
    for service in ("sample", "ai", "audit", "backup", "config"):
        name = f"{service}-db-credentials"
        objects[f"secret/{name}"] = {"metadata": {"name": name}, "data": {"superuser-password": "eA=="}}
    cluster.tell(objects=objects)

    ran = cluster.run("restore.sh", *flags)

    assert ran.code == 0, ran.err
    asked = [call.words[call.words.index("-i") + 1] for call in cluster.calls if "exec" in call.words]
    assert asked == ["sample-db-0", "ai-db-0", "audit-db-0", "backup-db-0", "config-db-0"]


@pytest.mark.parametrize("flags", [("--all", "--service=moon"), ("--service=moon", "--all")])
def test_a_service_that_there_is_not_is_told_beside_all(tmp_path: Path, flags: tuple[str, ...]) -> None:
    ran = Recorder(tmp_path, "kubectl").run("restore.sh", *flags)

    assert ran.code == 2
    assert ran.err.endswith("\nThere is no service moon. Nothing was done.\n")


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ([], "Say which with --service, or --all."),
        (["--service", "coffee"], "There is no service coffee."),
        (["--all", "--backup", "../../etc"], "is no folder of a backup."),
        (["--all", "--in-palce"], "There is no flag --in-palce."),
    ],
)
def test_what_cannot_be_restored_is_refused(tmp_path: Path, flags: list[str], says: str) -> None:
    cluster = Recorder(tmp_path, "kubectl")

    ran = cluster.run("restore.sh", *flags)

    assert ran.code == 2
    assert says in ran.err
    assert cluster.calls == []


def test_flags_are_read_in_one_place() -> None:
    readers = [file.name for file in (ROOT / "scripts").rglob("*.sh") if "read_flags()" in file.read_text("utf-8")]

    assert readers == ["flags.sh"]
