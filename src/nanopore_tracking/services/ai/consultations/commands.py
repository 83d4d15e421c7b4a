"""Lets a language model help to read a form, or says why it did not; a form never waits for a model that is away."""

from dataclasses import dataclass

import msgspec

from nanopore_tracking.kernel.postgres import Reads
from nanopore_tracking.services.ai.blends import model as blends
from nanopore_tracking.services.ai.endpoints import commands as endpoints
from nanopore_tracking.services.ai.endpoints.model import Endpoint, Failure
from nanopore_tracking.services.ai.forms.model import Options
from nanopore_tracking.services.ai.labels.model import Labels
from nanopore_tracking.services.ai.prompts import model as prompts
from nanopore_tracking.services.ai.readings.model import FormReading
from nanopore_tracking.services.ai.settings import ModelSettings

_RULES = "The form was read by rules alone; nothing was lost."


@dataclass(frozen=True, kw_only=True)
class Leave:
    """Whether a form may be given to a remote model. refusal: the sentence where it may not."""

    granted: bool
    refusal: str = ""


def leave_of(code: str, *, agreed: bool) -> Leave:
    """Return what a project agreed to. code: of the project."""
    refusal = (
        f"The project {code} has not agreed that its documents go to a remote language model, so that none was asked. "
        f"{_RULES}"
    )
    return Leave(granted=agreed, refusal=refusal)


async def help_reading(
    settings: ModelSettings, reading: FormReading, options: Options, *, leave: Leave, db: Reads | None
) -> FormReading:
    """Return the reading as the method that is set makes it; as rules made it, with a sentence, where that fails.

    options: with which the rules read it; db: where the budget is kept, None for none.
    """
    way = settings.reading_method
    endpoint = endpoints.endpoint_of(settings)
    if way == "pattern" or endpoint is None:
        return _bare(reading)
    reading = msgspec.structs.replace(reading, wanted=way)
    if not endpoint.local and not leave.granted:
        return _without(reading, leave.refusal)
    try:
        return _bare(await _helped(settings, endpoint, reading, options=options, db=db))
    except Failure as failure:
        later = " Upload it again later to have it read with help." if failure.kind in ("busy", "down", "open") else ""
        return _without(reading, f"{failure.message} {_RULES}{later}")


async def _helped(
    settings: ModelSettings, endpoint: Endpoint, reading: FormReading, *, options: Options, db: Reads | None
) -> FormReading:
    way = settings.reading_method
    template = next((each for each in options.templates if each.name == reading.template), None)
    wanted = blends.wanted(reading, way, template)
    fields = prompts.askable(wanted.fields, remote=not endpoint.local)
    labels = Labels(options.learnt, template)
    told = {"model": endpoint.model, "prompt_version": prompts.VERSION}
    if not fields and not wanted.samples:
        return msgspec.structs.replace(reading, method=way, tokens=0, **told)
    question = prompts.question(reading.lines, fields, samples=wanted.samples, remote=not endpoint.local)
    found = await endpoints.consult(settings, endpoint, question, db=db)
    blended = blends.blend(reading, way, found.answer, labels=labels, model=endpoint.model)
    return msgspec.structs.replace(blended, tokens=found.tokens, **told)


def _without(reading: FormReading, sentence: str) -> FormReading:
    return _bare(msgspec.structs.replace(reading, warnings=[sentence, *reading.warnings]))


def _bare(reading: FormReading) -> FormReading:
    """Return a reading without its lines, which nobody needs any more."""
    return msgspec.structs.replace(reading, lines=[])
