"""Settings are structs read from the environment once at start: typed, described, all problems told at once."""

import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from nanopore_tracking.kernel import errors

PREFIX = "NANOPORE_"

#: Variables with the prefix that no service reads: of `up`, of the build, and of commands that call the API.
OTHERS = frozenset(
    PREFIX + name
    for name in ("DATA_DIR", "BIND_PORT_BASE", "TRACE_RING_MB", "STATIC_DIR", "URL", "USERNAME", "PASSWORD", "TOKEN")
)


@dataclass(frozen=True, slots=True)
class Env:
    """The variable that a field is read from; without it, NANOPORE_<FIELD>."""

    name: str


class Secret:
    """A value that no log line, message or traceback shows; `reveal` gives it. False when it is empty."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself."""
        return self._value

    def __repr__(self) -> str:
        return "Secret([hidden])" if self._value else "Secret()"

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class SettingsProblem(errors.Invalid):
    """The environment does not fit; `problems` has one sentence for each thing that is wrong."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        """problems: name of the variable and sentence."""
        self.problems = [sentence for _, sentence in problems]
        super().__init__(
            "The settings are not right, so that nothing was started. " + " ".join(self.problems),
            type="settings",
            fields=[errors.FieldError(name, sentence) for name, sentence in problems],
        )


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to know of one variable. default: None where a value has to be given, `` `` for hidden ones."""

    variable: str
    field: str
    kind: str
    description: str
    default: str | None
    secret: bool


class KernelSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What every process is told, whatever services it runs."""

    host: Annotated[str, Env("HOST"), Meta(min_length=1, description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Env("PORT"), Meta(ge=1, le=65_535, description="The port to listen on.")] = 8000
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Env("LOG_LEVEL"), Meta(description="The least that is logged.")
    ] = "info"
    nats_url: Annotated[
        Secret, Env("NATS_URL"), Meta(description="NATS with JetStream; several servers separated by commas.")
    ] = Secret("nats://127.0.0.1:4222")
    otlp_endpoint: Annotated[
        str,
        Env("OTEL_EXPORTER_OTLP_ENDPOINT"),
        Meta(description="Where spans go (OTLP over HTTP), such as http://collector:4318; empty: nowhere."),
    ] = ""
    trace_ratio: Annotated[float, Meta(ge=0, le=1, description="The share of the traces begun here that is kept.")] = (
        0.05
    )
    config_url: Annotated[
        str, Meta(description="The config service, which checks tokens; empty: this process at HOST and PORT.")
    ] = ""
    db_pool_min: Annotated[
        int, Meta(ge=0, le=1000, description="Connections to its database that a service keeps open.")
    ] = 5
    db_pool_max: Annotated[int, Meta(ge=1, le=1000, description="Connections that a service opens at the most.")] = 20
    db_pool_timeout_s: Annotated[
        float, Meta(gt=0, le=600, description="How long a request waits for a connection.")
    ] = 30.0
    db_statement_timeout_s: Annotated[float, Meta(gt=0, le=3600, description="How long one statement may take.")] = 60.0
    db_lock_timeout_s: Annotated[
        float, Meta(gt=0, le=600, description="How long a statement waits for what another transaction changes.")
    ] = 10.0
    event_attempts: Annotated[
        int, Meta(ge=1, le=100, description="How often an event is handled before it waits for a person.")
    ] = 8
    event_first_delay_s: Annotated[
        float, Meta(gt=0, le=3600, description="The pause after the first failure; it doubles with each one.")
    ] = 1.0
    event_longest_delay_s: Annotated[
        float, Meta(gt=0, le=86_400, description="The longest pause between two attempts.")
    ] = 300.0
    event_batch: Annotated[
        int, Meta(ge=1, le=1000, description="Events that are published or handled in one transaction.")
    ] = 200
    event_replicas: Annotated[
        int, Meta(ge=1, le=5, description="Servers that keep each event; as many NATS servers are needed.")
    ] = 1
    event_kept_days: Annotated[
        int, Meta(ge=1, le=3650, description="Days for which published events stay in the stream.")
    ] = 90
    event_kept_bytes: Annotated[
        int, Meta(ge=0, description="The largest size of the stream of one service; 0: as large as NATS allows.")
    ] = 4 << 30
    leave_s: Annotated[
        float, Meta(ge=0, le=60, description="From 'not ready' to the end of listening, while traffic turns away.")
    ] = 0.0
    drain_s: Annotated[
        float, Meta(gt=0, le=600, description="How long requests and handlers may take to finish at the end.")
    ] = 20.0

    def __post_init__(self) -> None:
        """Check what depends on several fields, and fill in the config service's address."""
        if self.db_pool_min > self.db_pool_max:
            raise ValueError("NANOPORE_DB_POOL_MIN is larger than NANOPORE_DB_POOL_MAX.")
        if self.event_first_delay_s > self.event_longest_delay_s:
            raise ValueError("NANOPORE_EVENT_FIRST_DELAY_S is larger than NANOPORE_EVENT_LONGEST_DELAY_S.")
        if not self.config_url:
            host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 (not a listener)
            msgspec.structs.force_setattr(self, "config_url", f"http://{host}:{self.port}")


def load(*structs: type[Any], environ: Mapping[str, str], known: Iterable[type[Any]] = ()) -> tuple[Any, ...]:
    """Return one instance of each struct; SettingsProblem with everything that is wrong.

    A secret may also come from the file that <NAME>_FILE names. An empty variable counts as not set. known: structs of
    services that run elsewhere with the same environment; their variables are not read and not refused.
    """
    problems: list[tuple[str, str]] = []
    made = [_read(struct, environ, problems) for struct in structs]
    names = {name for struct in (*structs, *known) for name in _names(struct)} | OTHERS
    strange = sorted(name for name in environ if name.startswith(PREFIX) and name not in names)
    problems += [
        (name, f"{name} is not a setting; `nanopore-tracking doctor --settings` lists them all.") for name in strange
    ]
    if problems:
        raise SettingsProblem(problems)
    return tuple(made)


def describe(*structs: type[Any]) -> list[Setting]:
    """Return what there is to know of every variable of the structs, in their order."""
    return [_described(struct, field) for struct in structs for field in msgspec.structs.fields(struct)]


def _hints(struct: type[Any]) -> dict[str, Any]:
    return get_type_hints(struct, include_extras=True)


def _variable(field: str, hint: Any) -> str:
    named = [note.name for note in getattr(hint, "__metadata__", ()) if isinstance(note, Env)]
    return named[0] if named else PREFIX + field.upper()


def _bare(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _names(struct: type[Any]) -> list[str]:
    names = []
    for field, hint in _hints(struct).items():
        names.append(_variable(field, hint))
        if _bare(hint) is Secret:
            names.append(names[-1] + "_FILE")
    return names


def _read(struct: type[Any], environ: Mapping[str, str], problems: list[tuple[str, str]]) -> Any:
    values: dict[str, Any] = {}
    before = len(problems)
    hints = _hints(struct)
    for field in msgspec.structs.fields(struct):
        hint = hints[field.name]
        variable = _variable(field.name, hint)
        try:
            text = _text(variable, environ, secret=_bare(hint) is Secret)
            if text is None and field.required:
                problems.append((variable, f"{variable} is not set. {_description(hint)}".strip()))
            elif text is not None:
                values[field.name] = _value(text, hint)
        except (msgspec.ValidationError, ValueError, OSError) as failure:
            problems.append((variable, f"{variable} cannot be used: {_said(failure)}."))
    if len(problems) > before:
        return None
    try:
        return struct(**values)
    except ValueError as failure:
        problems.append((struct.__name__, str(failure)))
        return None


def _text(variable: str, environ: Mapping[str, str], *, secret: bool) -> str | None:
    text = environ.get(variable) or None
    file = environ.get(variable + "_FILE") if secret else None
    if not file:
        return text
    if text is not None:
        raise ValueError(f"{variable}_FILE is set as well, only one of the two can be")
    return Path(file).read_text("utf-8").rstrip("\r\n")


def _value(text: str, hint: Any) -> Any:
    if get_origin(_bare(hint)) in (list, tuple, frozenset):
        return msgspec.convert(text.replace(",", " ").split(), hint, strict=False)
    return msgspec.convert(text, hint, strict=False, dec_hook=_decode)


def _decode(kind: type[Any], value: Any) -> Any:
    if kind is Secret or kind is Path:
        return kind(value)
    raise NotImplementedError(f"a setting cannot be of the type {kind}")


def _said(failure: Exception) -> str:
    if isinstance(failure, OSError):
        return f"{failure.filename}: {failure.strerror}"
    return str(failure).replace("`", "").rstrip(".")


def _description(hint: Any) -> str:
    notes = [note.description for note in getattr(hint, "__metadata__", ()) if isinstance(note, Meta)]
    return next((text for text in notes if text), "")


def _described(struct: type[Any], field: msgspec.structs.FieldInfo) -> Setting:
    hint = _hints(struct)[field.name]
    bare = _bare(hint)
    secret = bare is Secret
    default = None if field.required else "" if secret else str(field.default)
    kind = "secret" if secret else getattr(bare, "__name__", str(bare))
    if typing.get_origin(bare) is Literal:
        kind = " | ".join(get_args(bare))
    return Setting(
        variable=_variable(field.name, hint),
        field=field.name,
        kind=kind,
        description=_description(hint),
        default=default,
        secret=secret,
    )
