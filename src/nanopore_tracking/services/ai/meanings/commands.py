"""Keeps the model of meanings of this process: loaded when it is first needed, asked in a thread, off unless set."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any, cast

import structlog

from nanopore_tracking.services.ai.meanings.model import Meanings, Missing, folder
from nanopore_tracking.services.ai.settings import ModelSettings

_WITHOUT = "Labels are compared by their spelling, protocols by their words."
_OFF = f"The model of meanings is off (NANOPORE_MEANINGS). {_WITHOUT}"

_log = structlog.get_logger(__name__)
_lock = threading.Lock()
_remembering = threading.Lock()
_loaded: list[Meanings | Missing] = []
#: Vectors of texts that are compared with again and again; 1.5 kB each.
_remembered: dict[str, Any] = {}
_MOST_REMEMBERED = 20_000


def _model() -> Meanings | Missing:
    """Return the model, or why there is none; tried once in the life of a process."""
    with _lock:
        if not _loaded:
            try:
                _loaded.append(Meanings.load(folder()))
            except Missing as missing:
                _log.warning("meanings.missing", reason=str(missing))
                _loaded.append(missing)
        return _loaded[0]


async def problem(settings: ModelSettings) -> str:
    """Return why nothing is compared by meaning, as a sentence; empty where it is."""
    if settings.meanings == "off":
        return _OFF
    found = await asyncio.to_thread(_model)
    return f"{found} {_WITHOUT}" if isinstance(found, Missing) else ""


async def vectors(settings: ModelSettings, texts: Sequence[str]) -> list[list[float]] | None:
    """Return one vector of length 1 for each text; None where there is no model, or it is off."""
    if settings.meanings == "off":
        return None
    return await asyncio.to_thread(_asked, list(texts))


async def near(settings: ModelSettings, texts: Sequence[str], known: Sequence[str]) -> list[list[float]] | None:
    """Return how near each text is to each known one in meaning, -1 to 1; None where there is no model, or it is off.

    The known ones are remembered: most of them are the same for every form.
    """
    if settings.meanings == "off":
        return None
    return await asyncio.to_thread(_near, list(texts), list(known))


def _near(texts: list[str], known: list[str]) -> list[list[float]] | None:
    found = _model()
    if isinstance(found, Missing):
        return None
    # Not before the model, which says how many threads numpy may have.
    import numpy as np

    with _remembering:
        new = list(dict.fromkeys(text for text in known if text not in _remembered))
        if len(_remembered) + len(new) > _MOST_REMEMBERED:
            _remembered.clear()
            new = list(dict.fromkeys(known))
        _remembered.update(zip(new, found.vectors(new), strict=True))
        there = np.stack([_remembered[text] for text in known])
    return cast("list[list[float]]", (found.vectors(texts) @ there.T).tolist())


def _asked(texts: list[str]) -> list[list[float]] | None:
    found = _model()
    return None if isinstance(found, Missing) else found.vectors(texts).tolist()
