"""What the ai service is made of."""

from pathlib import Path

from nanopore_tracking.contracts.events import ai as events
from nanopore_tracking.contracts.events import ai_protocols as protocol_events
from nanopore_tracking.contracts.events import ai_readings as reading_events
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Service
from nanopore_tracking.services.ai.acceptances import jobs as acceptance_jobs
from nanopore_tracking.services.ai.acceptances import routes as acceptances
from nanopore_tracking.services.ai.consultations import routes as consultations
from nanopore_tracking.services.ai.documents import routes as documents
from nanopore_tracking.services.ai.endpoints import jobs as endpoints
from nanopore_tracking.services.ai.extractions import handlers as intake
from nanopore_tracking.services.ai.extractions import routes as extractions
from nanopore_tracking.services.ai.files import routes as files
from nanopore_tracking.services.ai.hints import jobs as hint_jobs
from nanopore_tracking.services.ai.inquiries import routes as inquiries
from nanopore_tracking.services.ai.interventions import routes as interventions
from nanopore_tracking.services.ai.lessons import routes as lessons
from nanopore_tracking.services.ai.performances import jobs as performance_jobs
from nanopore_tracking.services.ai.performances import routes as performances
from nanopore_tracking.services.ai.pictures import routes as pictures
from nanopore_tracking.services.ai.projects import handlers
from nanopore_tracking.services.ai.proposals import jobs as proposal_jobs
from nanopore_tracking.services.ai.proposals import routes as proposals
from nanopore_tracking.services.ai.protocols import jobs as protocol_jobs
from nanopore_tracking.services.ai.protocols import routes as protocols
from nanopore_tracking.services.ai.readers import jobs
from nanopore_tracking.services.ai.rereadings import routes as rereadings
from nanopore_tracking.services.ai.reviews import routes as reviews
from nanopore_tracking.services.ai.settings import Settings
from nanopore_tracking.services.ai.submissions import handlers as submissions
from nanopore_tracking.services.ai.teachings import routes as teachings
from nanopore_tracking.services.ai.templates import jobs as template_jobs
from nanopore_tracking.services.ai.trials import routes as trials


async def bootstrap(runtime: Runtime) -> None:
    """See to the templates that are shipped."""
    await template_jobs.ship(runtime)


SERVICE = Service(
    name="ai",
    paths=("/api/documents", "/api/extractions"),
    settings=Settings,
    routes=[
        *files.ROUTES,
        *documents.ROUTES,
        *pictures.ROUTES,
        *extractions.ROUTES,
        *interventions.ROUTES,
        *reviews.ROUTES,
        *rereadings.ROUTES,
        *inquiries.ROUTES,
        *teachings.ROUTES,
        *trials.ROUTES,
        *lessons.ROUTES,
        *protocols.ROUTES,
        *consultations.ROUTES,
        *proposals.ROUTES,
        *performances.ROUTES,
        *acceptances.ROUTES,
    ],
    database="nanopore_ai",
    database_env="AI_DB_URL",
    migrations=Path(__file__).with_name("migrations"),
    events=(
        events.DocumentReceived,
        events.FileAdded,
        events.FileRemoved,
        events.ExtractionRequested,
        events.ColumnsNeeded,
        events.ColumnsChosen,
        events.ManifestRead,
        events.ManifestRowsRead,
        events.ManifestRefused,
        events.FormRead,
        events.FormValuesDecided,
        events.FormRowDecided,
        events.FormRejected,
        events.FormTemplateChanged,
        events.FormLabelLearnt,
        events.FormLabelForgotten,
        events.ExtractionClaimed,
        events.ExtractionClaimRefused,
        events.ExtractionReleased,
        reading_events.FormAcceptanceChanged,
        reading_events.ExtractionNeeds,
        reading_events.ExtractionCancelled,
        reading_events.ExtractionQueuedAgain,
        reading_events.FormQuestionsAsked,
        reading_events.ModelAsked,
        reading_events.FormPrecedentSettled,
        protocol_events.ProtocolKept,
        protocol_events.ProtocolRetired,
    ),
    subscriptions=[*handlers.SUBSCRIPTIONS, *submissions.SUBSCRIPTIONS, *intake.SUBSCRIPTIONS],
    jobs=[
        *jobs.JOBS,
        *endpoints.JOBS,
        *acceptance_jobs.JOBS,
        *performance_jobs.JOBS,
        *protocol_jobs.JOBS,
        *hint_jobs.JOBS,
        *proposal_jobs.JOBS,
    ],
    bootstrap=bootstrap,
)
