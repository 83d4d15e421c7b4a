"""Settings: read from the environment, all problems told at once, secrets never shown."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

from nanopore_tracking.kernel import settings
from nanopore_tracking.kernel.errors import Invalid
from nanopore_tracking.kernel.settings import Env, KernelSettings, Secret, SettingsProblem


class Things(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of an invented service."""

    db_url: Annotated[Secret, Env("THINGS_DB_URL"), Meta(description="The database.")]
    folder: Path = Path("things")
    hour_utc: Annotated[int, Meta(ge=0, le=23, description="When.")] = 2
    kinds: tuple[str, ...] = ()


URL = "postgresql://alice:pw@db/things"


def load(*structs: type[Any], **environ: str) -> tuple[Any, ...]:
    return settings.load(*structs, environ=environ)


def problems(*structs: type[Any], **environ: str) -> list[str]:
    with pytest.raises(SettingsProblem) as found:
        load(*structs, **environ)
    return found.value.problems


def test_values_are_read_with_their_types() -> None:
    kernel, things = load(
        KernelSettings,
        Things,
        PORT="9001",
        THINGS_DB_URL=URL,
        NANOPORE_FOLDER="/srv/things",
        NANOPORE_HOUR_UTC="4",
        NANOPORE_KINDS="a, b c",
        HOME="/home/alice",
    )

    assert (kernel.host, kernel.port, kernel.log_level) == ("127.0.0.1", 9001, "info")
    assert things == Things(db_url=Secret(URL), folder=Path("/srv/things"), hour_utc=4, kinds=("a", "b", "c"))


def test_an_empty_variable_is_not_set() -> None:
    assert load(KernelSettings, PORT="")[0].port == 8000
    assert problems(Things, THINGS_DB_URL="") == ["THINGS_DB_URL is not set. The database."]


def test_the_config_service_is_this_process_unless_told() -> None:
    assert load(KernelSettings, PORT="9001")[0].config_url == "http://127.0.0.1:9001"
    assert load(KernelSettings, HOST="::")[0].config_url == "http://[::1]:8000"
    assert load(KernelSettings, NANOPORE_CONFIG_URL="http://config")[0].config_url == "http://config"


def test_all_problems_are_told_at_once() -> None:
    found = problems(KernelSettings, Things, PORT="x", LOG_LEVEL="loud", NANOPORE_HOUR_UTC="24", NANOPORE_HUOR="1")

    assert found == [
        "PORT cannot be used: Expected int, got str.",
        "LOG_LEVEL cannot be used: Invalid enum value 'loud'.",
        "THINGS_DB_URL is not set. The database.",
        "NANOPORE_HOUR_UTC cannot be used: Expected int <= 23.",
        "NANOPORE_HUOR is not a setting; `nanopore-tracking doctor --settings` lists them all.",
    ]


def test_a_problem_is_an_invalid_that_names_the_variables() -> None:
    with pytest.raises(Invalid) as found:
        load(KernelSettings, PORT="0", NANOPORE_DB_POOL_MAX="0")

    assert [field.path for field in found.value.fields] == ["PORT", "NANOPORE_DB_POOL_MAX"]
    assert "nothing was started" in found.value.message


def test_fields_that_contradict_each_other_are_told() -> None:
    assert problems(KernelSettings, NANOPORE_DB_POOL_MIN="30") == [
        "NANOPORE_DB_POOL_MIN is larger than NANOPORE_DB_POOL_MAX."
    ]


def test_variables_of_services_that_run_elsewhere_are_known() -> None:
    environ = {"NANOPORE_HOUR_UTC": "99", "NANOPORE_DATA_DIR": "/srv"}

    assert settings.load(KernelSettings, environ=environ, known=[Things])[0].port == 8000
    with pytest.raises(SettingsProblem):
        settings.load(KernelSettings, environ=environ)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text(URL + "\n", encoding="utf-8")

    assert load(Things, THINGS_DB_URL_FILE=str(file))[0].db_url.reveal() == URL


def test_a_secret_comes_from_one_place(tmp_path: Path) -> None:
    file = tmp_path / "url"

    assert problems(Things, THINGS_DB_URL_FILE=str(file)) == [
        f"THINGS_DB_URL cannot be used: {file}: No such file or directory."
    ]
    assert problems(Things, THINGS_DB_URL=URL, THINGS_DB_URL_FILE=str(file)) == [
        "THINGS_DB_URL cannot be used: THINGS_DB_URL_FILE is set as well, only one of the two can be."
    ]


def test_a_secret_is_not_shown() -> None:
    secret = Secret("pw")

    shown = f"{secret} {secret!r} {[secret]} {Things(db_url=secret)}"

    assert "pw" not in shown
    assert (bool(secret), bool(Secret(""))) == (True, False)
    assert secret == Secret("pw") != Secret("other")


def test_every_setting_is_described() -> None:
    found = {setting.variable: setting for setting in settings.describe(KernelSettings, Things)}

    assert found["PORT"].default == "8000"
    assert found["LOG_LEVEL"].kind == "debug | info | warning | error"
    assert found["THINGS_DB_URL"].default is None
    assert found["THINGS_DB_URL"].secret
    assert all(setting.description for setting in settings.describe(KernelSettings))
