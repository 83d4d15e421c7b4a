"""Sends the mails that wait, one after the other; on every replica, each takes what no other has."""

from dataclasses import asdict
from datetime import UTC, datetime

from nanopore_tracking.kernel import mail
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.sample.mails import commands, model, store
from nanopore_tracking.services.sample.mails.model import Claimed
from nanopore_tracking.services.sample.settings import Settings


async def send_waiting(runtime: Runtime) -> None:
    """Send until nothing is due; without a server nothing is sent, and each mail says so."""
    settings: Settings = runtime.settings
    outlet = settings.outlet()
    if outlet is None:
        await store.skip_waiting(runtime.db, model.NO_SERVER, datetime.now(UTC))
        return
    while not runtime.stopping:
        claimed = await store.claim_mail(runtime.db, datetime.now(UTC))
        if claimed is None:
            return
        await _send(runtime, outlet, claimed)


async def _send(runtime: Runtime, outlet: mail.Outlet, claimed: Claimed) -> None:
    settings: Settings = runtime.settings
    async with runtime.db.transaction(runtime.call()) as tx:
        path = await commands.link(tx, claimed, days=settings.status_link_days)
    here = settings.public_url.rstrip("/") or f"http://{runtime.kernel.host}:{runtime.kernel.port}"
    letter = model.letter(claimed, url=here + path, sender=settings.mail_from)
    error, for_ever = "", False
    try:
        await mail.send(outlet, mail.Mail(**asdict(letter)), within_s=settings.mail_timeout_s)
    except mail.Refused as failure:
        error, for_ever = str(failure), True
    except mail.NotNow as failure:
        error = str(failure)
    async with runtime.db.transaction(runtime.call()) as tx:
        if error:
            pause_s = settings.mail_first_delay_s
            await commands.not_sent(tx, claimed, error, for_ever=for_ever, first_delay_s=pause_s)
        else:
            await commands.sent(tx, claimed)


JOBS = [Job(name=model.JOB, interval_s=2.0, run=send_waiting, everywhere=True)]
