"""What went wrong at PostgreSQL, as one of the five kinds of error; a bug stays the exception that it is."""

import asyncpg
from asyncpg.exceptions import InternalClientError
from asyncpg.exceptions._base import DataError as ClientDataError

from nanopore_tracking.kernel import errors

_AGAIN = "Nothing was changed; try again in a moment."

# The server or the way to it is not there now; also what a server answers that starts, stops or is only a copy.
_GONE = (
    OSError,
    InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InsufficientResourcesError,
)
# While connecting, these are trouble with the place or its rights, not with a statement.
_NOT_LET_IN = (
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.ClientConfigurationError,
)
CONNECTING = (*_GONE, *_NOT_LET_IN)

#: What a statement may fail with. RuntimeError: the event loop's word for a connection that is closed already.
FAILED = (OSError, RuntimeError, InternalClientError, asyncpg.PostgresError, asyncpg.InterfaceError)

_KINDS = {
    asyncpg.UniqueViolationError: ("already-exists", "There is one of these already."),
    asyncpg.ExclusionViolationError: ("already-exists", "This overlaps with another one."),
    asyncpg.ForeignKeyViolationError: ("reference", "This names something that is not there, or is still needed."),
    asyncpg.CheckViolationError: ("not-allowed", "A value is outside of what is allowed."),
    asyncpg.NotNullViolationError: ("not-allowed", "A value is missing."),
}


class Violation(errors.Conflict):
    """A constraint of the database was broken. constraint: its name."""

    def __init__(self, constraint: str, message: str, type: str) -> None:
        super().__init__(f"{message} Nothing was changed.", type=type, constraint=constraint)
        self.constraint = constraint


def problem(failure: BaseException, *, closed: bool) -> errors.Problem | None:
    """Return the error of the five kinds that a failed statement is; None when it is a bug.

    closed: whether the connection is of no use any more.
    """
    if isinstance(failure, asyncpg.IntegrityConstraintViolationError):
        kind, message = _KINDS.get(type(failure), ("conflict", "This contradicts what is stored."))
        return Violation(failure.constraint_name or failure.column_name or "", message, kind)
    if isinstance(failure, ClientDataError | asyncpg.DataError):
        return errors.Invalid("A value is too large or of a form that cannot be stored. Nothing was changed.")
    if isinstance(failure, asyncpg.LockNotAvailableError):
        return errors.Unavailable(f"Someone else is changing the same thing. {_AGAIN}", retry_after_s=1)
    if isinstance(failure, asyncpg.TransactionRollbackError):
        return errors.Unavailable(f"This met another change that was made at the same time. {_AGAIN}", retry_after_s=1)
    if isinstance(failure, asyncpg.QueryCanceledError):
        return errors.Unavailable("The database took too long over this, so that it was stopped. Nothing was changed.")
    if isinstance(failure, asyncpg.InvalidCachedStatementError):
        return errors.Unavailable(f"The database was just brought to a new version. {_AGAIN}", retry_after_s=1)
    if closed or isinstance(failure, _GONE):
        return errors.Unavailable(f"The database does not answer now. {_AGAIN}")
    return None


def useless(failure: BaseException) -> bool:
    """Return whether a connection is in an unknown state, or leads to a wrong server, after this failure."""
    return isinstance(failure, _GONE) and not isinstance(failure, asyncpg.InsufficientResourcesError)
