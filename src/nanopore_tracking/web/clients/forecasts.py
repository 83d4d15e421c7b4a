"""The sample service as one person may use it: what will probably come, how runs compare, what a text means."""

from collections.abc import Sequence

from nanopore_tracking.contracts.api.sample import forecasts as forecast_api
from nanopore_tracking.contracts.api.sample import outlooks as outlook_api
from nanopore_tracking.contracts.api.sample import phrases as phrase_api
from nanopore_tracking.web.clients.http import Client
from nanopore_tracking.web.clients.sample import named


class Forecasts(Client):
    """Questions about what was not there yet, and about texts in natural words."""

    service = "sample"

    async def of_run(self, said: str) -> forecast_api.YieldForecast:
        """Show what a run will give in the next hours if nothing is done."""
        return await self.get(f"/api/runs/{named(said)}/forecast", forecast_api.YieldForecast)

    async def comparison(self, said: str) -> forecast_api.RunComparison:
        """Show how a run compares with those before it."""
        return await self.get(f"/api/runs/{named(said)}/comparison", forecast_api.RunComparison)

    async def of_sample(self, said: str) -> outlook_api.Outlook:
        """Show until when a sample will probably be delivered."""
        return await self.get(f"/api/samples/{named(said)}/outlook", outlook_api.Outlook)

    async def of_submission(self, said: str) -> outlook_api.SubmissionOutlook:
        """Show until when the open samples of a submission will probably be delivered."""
        return await self.get(f"/api/submissions/{named(said)}/outlook", outlook_api.SubmissionOutlook)

    async def phrase(self, text: str, proposed: Sequence[str] = ()) -> phrase_api.PhraseAnswer:
        """Tell which filters of which list a text means. proposed: by a language model, as `words:phrase`."""
        return await self.get("/api/samples/phrases", phrase_api.PhraseAnswer, q=text, proposed=list(proposed))
