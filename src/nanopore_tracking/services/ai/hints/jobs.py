"""Lets the model of meanings see the usual labels before the first form comes: that takes some seconds once."""

from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Job
from nanopore_tracking.services.ai.hints import model
from nanopore_tracking.services.ai.meanings import commands as meanings


async def remember(runtime: Runtime) -> None:
    """Do so where forms are compared by meaning; what is remembered already costs nothing."""
    if runtime.settings.reading_method == "rag":
        known = [each.text for each in model.references({})]
        await meanings.near(runtime.settings, known[:1], known)


JOBS = [Job(name="usual-labels", interval_s=600.0, run=remember, everywhere=True)]
