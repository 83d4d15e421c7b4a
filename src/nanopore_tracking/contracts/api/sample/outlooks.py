"""Until when samples will probably be delivered."""

from datetime import datetime

from nanopore_tracking.contracts.api.base import Answer
from nanopore_tracking.contracts.api.sample.samples import Stage


class OutlookBacktest(Answer, frozen=True, kw_only=True):
    """How such forecasts did, each made with what was known when its sample came to the stage.

    forecasts: that were made; by_half and by_most: the share that was delivered by the first and the second date (0.5
    and 0.8 are wanted); loss_h and baseline_loss_h: mean pinball loss at both, in hours, of the forecast and of taking
    what the sample that was delivered last took; better: it loses less.
    """

    forecasts: int
    by_half: float
    by_most: float
    loss_h: float
    baseline_loss_h: float
    better: bool


class Outlook(Answer, frozen=True, kw_only=True):
    """Until when a sample will probably be delivered.

    half_at and most_at: by when half and eight of ten like it were delivered, None where nothing can be said; n:
    delivered samples of its service that were in its stage at least as long; needed: so many they have to be; by_queue:
    only those that found a queue like the one of now; made_at: when the past was last looked at.
    """

    sentence: str
    service_type: str
    stage: Stage
    half_at: datetime | None
    most_at: datetime | None
    n: int
    needed: int
    by_queue: bool
    backtest: OutlookBacktest | None
    made_at: datetime | None


class StageOutlook(Answer, frozen=True, kw_only=True):
    """The open samples of a submission in one stage, and the outlook of the one that came there last."""

    stage: Stage
    samples: int
    outlook: Outlook


class SubmissionOutlook(Answer, frozen=True, kw_only=True):
    """The open samples of a submission by service and stage; none where none are on their way."""

    stages: list[StageOutlook]
