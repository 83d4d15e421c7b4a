"""The five kinds of error that code below an edge may raise; edges (HTTP, bus, page) render them, nothing else does."""

from typing import Any, ClassVar

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """One thing wrong with one field of what was sent.

    path: where, as a JSON path without the leading `$.` (`samples[3].volume_ul`), or the name of a query parameter.
    message: one sentence that says what is wrong and what is allowed.
    """

    path: str
    message: str


class Problem(Exception):
    """Base of the five kinds. The message is a sentence for people; `type` is stable, for programs."""

    status: ClassVar[int]
    default_type: ClassVar[str]

    def __init__(
        self,
        message: str,
        *,
        type: str | None = None,
        fields: tuple[FieldError, ...] | list[FieldError] = (),
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.type = type or self.default_type
        self.fields = tuple(fields)
        self.extra = extra


class Invalid(Problem):
    """What was sent cannot be right, whoever sends it and whenever."""

    status = 422
    default_type = "invalid"


class TooLarge(Invalid):
    """What was sent is bigger than the stated limit."""

    status = 413
    default_type = "too-large"


class UnsupportedMedia(Invalid):
    """What was sent is of a kind that is not read here."""

    status = 415
    default_type = "unsupported-media"


class PreconditionRequired(Invalid):
    """A change of an existing thing came without If-Match."""

    status = 428
    default_type = "precondition-required"


class NotFound(Problem):
    """There is no such thing, or none that the caller may know of."""

    status = 404
    default_type = "not-found"


class Conflict(Problem):
    """Well formed, but not allowed by the present state; the message says which state and what is missing."""

    status = 409
    default_type = "conflict"


class Stale(Conflict):
    """Someone else changed the thing since the caller read it."""

    status = 412
    default_type = "stale"


class Forbidden(Problem):
    """The caller is known and may not do this."""

    status = 403
    default_type = "forbidden"


class Unauthenticated(Forbidden):
    """The caller is not known: no token, or one that is not accepted."""

    status = 401
    default_type = "unauthenticated"


class Unavailable(Problem):
    """Something that is needed does not answer now; trying again later may work."""

    status = 503
    default_type = "unavailable"

    def __init__(self, message: str, *, retry_after_s: int = 2, **kwargs: Any) -> None:
        super().__init__(message, **kwargs)
        self.retry_after_s = retry_after_s


class TooMany(Unavailable):
    """The caller asks more often than the stated limit."""

    status = 429
    default_type = "too-many-requests"
