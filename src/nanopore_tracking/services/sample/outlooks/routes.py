"""Until when samples will probably be delivered, over HTTP."""

from typing import Annotated

from litestar import Response, get
from msgspec import Meta

from nanopore_tracking.contracts.api.sample.outlooks import Outlook, StageOutlook, SubmissionOutlook
from nanopore_tracking.kernel.http import Ask, answer, call_of, runtime_of
from nanopore_tracking.services.sample.outlooks import model, store
from nanopore_tracking.services.sample.samples import store as sample_store
from nanopore_tracking.services.sample.submissions import store as submission_store

OfSample = Annotated[str, Meta(max_length=40, description="The id or the code of a sample.")]
OfSubmission = Annotated[str, Meta(max_length=40, description="The id or the code of a submission.")]


@get("/api/samples/{said:str}/outlook", policy="samples.read")
async def show_outlook(request: Ask, said: OfSample) -> Response[Outlook]:
    """Show until when a sample will probably be delivered, and how such forecasts did here before."""
    db, call = runtime_of(request).db, call_of(request)
    one = await store.waiting(db, await sample_store.find_sample(db, call.scope, said))
    return answer(model.outlook(one, await store.paces(db, [one.service_type]), call.at), version=None)


@get("/api/submissions/{said:str}/outlook", policy="submissions.read")
async def show_submission_outlook(request: Ask, said: OfSubmission) -> Response[SubmissionOutlook]:
    """Show until when the open samples of a submission will probably be delivered, by stage."""
    db, call = runtime_of(request).db, call_of(request)
    submission_id = await submission_store.find_submission(db, call.scope, said)
    await submission_store.show_submission(db, call.scope, submission_id)
    found = await store.waiting_of(db, submission_id)
    paces = await store.paces(db, sorted({one.service_type for one, _ in found}))
    stages = [
        StageOutlook(stage=one.stage, samples=samples, outlook=model.outlook(one, paces, call.at))
        for one, samples in sorted(found, key=lambda pair: (model.STAGES.index(pair[0].stage), pair[0].service_type))
    ]
    return answer(SubmissionOutlook(stages=stages), version=None)


ROUTES = [show_outlook, show_submission_outlook]
