"""What the sample service is made of."""

from pathlib import Path

from nanopore_tracking.contracts.events import sample as events
from nanopore_tracking.kernel.service import Service
from nanopore_tracking.services.sample.board import routes as board
from nanopore_tracking.services.sample.catalogue import handlers as catalogue
from nanopore_tracking.services.sample.corrections import routes as corrections
from nanopore_tracking.services.sample.custody import routes as custody
from nanopore_tracking.services.sample.decisions import routes as decisions
from nanopore_tracking.services.sample.labs import routes as labs
from nanopore_tracking.services.sample.manifests import handlers as manifests
from nanopore_tracking.services.sample.manifests import routes as templates
from nanopore_tracking.services.sample.measurements import routes as measurements
from nanopore_tracking.services.sample.projects import routes as projects
from nanopore_tracking.services.sample.records import routes as records
from nanopore_tracking.services.sample.samples import routes as samples
from nanopore_tracking.services.sample.settings import Settings
from nanopore_tracking.services.sample.stages import routes as stages
from nanopore_tracking.services.sample.submissions import routes as submissions

SERVICE = Service(
    name="sample",
    paths=("/api/labs", "/api/projects", "/api/submissions", "/api/samples"),
    settings=Settings,
    routes=[
        *labs.ROUTES,
        *projects.ROUTES,
        *templates.ROUTES,
        *submissions.ROUTES,
        *corrections.ROUTES,
        *decisions.ROUTES,
        *samples.ROUTES,
        *board.ROUTES,
        *measurements.ROUTES,
        *custody.ROUTES,
        *records.ROUTES,
        *stages.ROUTES,
    ],
    database="nanopore_samples",
    database_env="SAMPLES_DB_URL",
    migrations=Path(__file__).with_name("migrations"),
    events=(
        events.LabChanged,
        events.ProjectChanged,
        events.SubmissionCreated,
        events.SubmissionChanged,
        events.SubmissionReviewStarted,
        events.SubmissionRowsAdded,
        events.SubmissionRowCorrected,
        events.SubmissionRowRemoved,
        events.SubmissionAccepted,
        events.SubmissionRejected,
        events.SubmissionCancelled,
        events.SampleCreated,
        events.SampleChanged,
        events.SampleStageChanged,
        events.SampleMeasured,
        events.SampleMeasurementInvalidated,
        events.SampleCustodyRecorded,
        events.SampleRecordAdded,
    ),
    subscriptions=[*catalogue.SUBSCRIPTIONS, *manifests.SUBSCRIPTIONS],
)
