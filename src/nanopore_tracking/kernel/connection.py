"""Opens connections to the database of a service: without JIT, with time limits, behind a breaker."""

from typing import Any

import asyncpg

from nanopore_tracking.kernel import errors, failures
from nanopore_tracking.kernel.circuit import Breaker
from nanopore_tracking.kernel.settings import KernelSettings, Secret
from nanopore_tracking.kernel.telemetry import conventions

_CONNECT_S = 10.0
_STATEMENTS_KEPT = 500
#: How much longer than the server's own limit the client waits for a server that does not answer at all.
_GRACE_S = 5.0


class Opener:
    """Opens connections to one database. Session state is set here, once, and nowhere else."""

    def __init__(self, service: str, url: Secret, settings: KernelSettings) -> None:
        self._service = service
        self._url = url
        conventions.know_database(service, url.reveal())
        self._breaker = Breaker("database", failures=5, open_s=30.0, service=service)
        self._connect_s = min(_CONNECT_S, settings.db_pool_timeout_s)
        self._command_s = settings.db_statement_timeout_s + _GRACE_S
        self._session = {
            "application_name": f"nanopore-tracking {service}",
            "jit": "off",
            "timezone": "UTC",
            "statement_timeout": _milliseconds(settings.db_statement_timeout_s),
            "lock_timeout": _milliseconds(settings.db_lock_timeout_s),
            "idle_in_transaction_session_timeout": _milliseconds(self._command_s),
        }

    async def __call__(self, *, probe: bool = False) -> Any:
        """Return a new connection; Unavailable when there is none to be had.

        After five failures in a row nobody tries for 30 s, so that a server that comes up again is not run over; only
        who asks once a second, as a probe, does, and the first connection that it gets lets all others try again.
        """
        attempt = self._breaker.probe if probe else self._breaker.call
        try:
            return await attempt(self._connect)
        except (errors.Unavailable, *failures.CONNECTING) as failure:
            retry_after_s = failure.retry_after_s if isinstance(failure, errors.Unavailable) else 2
            raise errors.Unavailable(
                f"The database of the {self._service} service does not answer now. Nothing was changed; try again.",
                retry_after_s=retry_after_s,
            ) from failure

    async def _connect(self) -> Any:
        return await asyncpg.connect(
            self._url.reveal(),
            timeout=self._connect_s,
            command_timeout=self._command_s,
            statement_cache_size=_STATEMENTS_KEPT,
            max_cached_statement_lifetime=0,
            server_settings=self._session,
        )


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))
