"""What the sample service is made of."""

from pathlib import Path

from nanopore_tracking.contracts.events import sample as events
from nanopore_tracking.kernel.service import Service
from nanopore_tracking.services.sample.acquisitions import routes as acquisitions
from nanopore_tracking.services.sample.aliquots import routes as aliquots
from nanopore_tracking.services.sample.basecallings import routes as basecallings
from nanopore_tracking.services.sample.batches import routes as batches
from nanopore_tracking.services.sample.bench_batches import routes as bench_batches
from nanopore_tracking.services.sample.billing import routes as billing
from nanopore_tracking.services.sample.board import jobs as figures
from nanopore_tracking.services.sample.board import routes as board
from nanopore_tracking.services.sample.bulk import routes as bulk
from nanopore_tracking.services.sample.bulk_groups import jobs as bulk_jobs
from nanopore_tracking.services.sample.catalogue import handlers as catalogue
from nanopore_tracking.services.sample.charges import routes as charges
from nanopore_tracking.services.sample.comparisons import routes as comparisons
from nanopore_tracking.services.sample.confirmations import routes as confirmations
from nanopore_tracking.services.sample.corrections import routes as corrections
from nanopore_tracking.services.sample.custody import routes as custody
from nanopore_tracking.services.sample.decisions import handlers as intake
from nanopore_tracking.services.sample.decisions import routes as decisions
from nanopore_tracking.services.sample.decisions.commands import INTAKE
from nanopore_tracking.services.sample.deliveries import jobs as delivery_jobs
from nanopore_tracking.services.sample.deliveries import routes as deliveries
from nanopore_tracking.services.sample.dosing import routes as dosing
from nanopore_tracking.services.sample.edits import routes as edits
from nanopore_tracking.services.sample.excursions import routes as excursions
from nanopore_tracking.services.sample.exports import routes as exports
from nanopore_tracking.services.sample.flow_cells import jobs as shelf_life
from nanopore_tracking.services.sample.flow_cells import routes as flow_cells
from nanopore_tracking.services.sample.forecasts import jobs as forecast_jobs
from nanopore_tracking.services.sample.forecasts import routes as forecasts
from nanopore_tracking.services.sample.handovers import handlers as handover_handlers
from nanopore_tracking.services.sample.handovers.commands import HANDOVER
from nanopore_tracking.services.sample.instruments import routes as instruments
from nanopore_tracking.services.sample.kit_lots import routes as kit_lots
from nanopore_tracking.services.sample.labels import jobs as printing
from nanopore_tracking.services.sample.labels import routes as labels
from nanopore_tracking.services.sample.labs import routes as labs
from nanopore_tracking.services.sample.libraries import routes as libraries
from nanopore_tracking.services.sample.library_changes import routes as library_changes
from nanopore_tracking.services.sample.library_rows import routes as library_rows
from nanopore_tracking.services.sample.live_places import routes as live_places
from nanopore_tracking.services.sample.live_runs import routes as live_runs
from nanopore_tracking.services.sample.live_ticks import jobs as live_jobs
from nanopore_tracking.services.sample.live_ticks import routes as live_ticks
from nanopore_tracking.services.sample.loads import routes as loads
from nanopore_tracking.services.sample.locations import routes as locations
from nanopore_tracking.services.sample.mails import handlers as mail_handlers
from nanopore_tracking.services.sample.mails import jobs as mail_jobs
from nanopore_tracking.services.sample.mails import routes as mails
from nanopore_tracking.services.sample.manifests import handlers as manifests
from nanopore_tracking.services.sample.manifests import routes as templates
from nanopore_tracking.services.sample.measurements import routes as measurements
from nanopore_tracking.services.sample.outlooks import jobs as outlook_jobs
from nanopore_tracking.services.sample.outlooks import routes as outlooks
from nanopore_tracking.services.sample.overrides import jobs as override_jobs
from nanopore_tracking.services.sample.overrides import routes as overrides
from nanopore_tracking.services.sample.pauses import routes as pauses
from nanopore_tracking.services.sample.phrases import routes as phrases
from nanopore_tracking.services.sample.placements import routes as placements
from nanopore_tracking.services.sample.pools import routes as pools
from nanopore_tracking.services.sample.projects import routes as projects
from nanopore_tracking.services.sample.questions import handlers as question_handlers
from nanopore_tracking.services.sample.questions import routes as questions
from nanopore_tracking.services.sample.read_sets import routes as read_sets
from nanopore_tracking.services.sample.records import routes as records
from nanopore_tracking.services.sample.reports import routes as reports
from nanopore_tracking.services.sample.resolutions import routes as resolutions
from nanopore_tracking.services.sample.retention import routes as retention
from nanopore_tracking.services.sample.run_reports import routes as run_reports
from nanopore_tracking.services.sample.run_starts import commands as run_starts
from nanopore_tracking.services.sample.run_starts import routes as starts
from nanopore_tracking.services.sample.runs import routes as runs
from nanopore_tracking.services.sample.samples import routes as samples
from nanopore_tracking.services.sample.search import routes as search
from nanopore_tracking.services.sample.settings import Settings
from nanopore_tracking.services.sample.sheet_checks import routes as sheet_checks
from nanopore_tracking.services.sample.shortfalls import handlers as shortfalls
from nanopore_tracking.services.sample.stages import routes as stages
from nanopore_tracking.services.sample.status_links import routes as status_links
from nanopore_tracking.services.sample.stop_criteria import routes as stop_criteria
from nanopore_tracking.services.sample.submissions import routes as submissions
from nanopore_tracking.services.sample.traces import jobs as trace_jobs
from nanopore_tracking.services.sample.turnaround import routes as turnaround
from nanopore_tracking.services.sample.yields import routes as yields

SERVICE = Service(
    name="sample",
    paths=(
        "/api/labs",
        "/api/projects",
        "/api/submissions",
        "/api/samples",
        "/api/overrides",
        "/api/libraries",
        "/api/pools",
        "/api/inventory",
        "/api/flow-cells",
        "/api/runs",
        "/api/deliveries",
        "/api/mails",
        "/api/status",
        "/api/storage",
        "/api/labels",
        "/api/batches",
    ),
    settings=Settings,
    routes=[
        *labs.ROUTES,
        *projects.ROUTES,
        *templates.ROUTES,
        *submissions.ROUTES,
        *corrections.ROUTES,
        *decisions.ROUTES,
        *overrides.ROUTES,
        *confirmations.ROUTES,
        *samples.ROUTES,
        *board.ROUTES,
        *measurements.ROUTES,
        *custody.ROUTES,
        *records.ROUTES,
        *stages.ROUTES,
        *bulk.ROUTES,
        *basecallings.ROUTES,
        *edits.ROUTES,
        *exports.ROUTES,
        *search.ROUTES,
        *phrases.ROUTES,
        *reports.ROUTES,
        *kit_lots.ROUTES,
        *instruments.ROUTES,
        *flow_cells.ROUTES,
        *loads.ROUTES,
        *sheet_checks.ROUTES,
        *acquisitions.ROUTES,
        *read_sets.ROUTES,
        *run_reports.ROUTES,
        *yields.ROUTES,
        *forecasts.ROUTES,
        *comparisons.ROUTES,
        *live_places.ROUTES,
        *live_ticks.ROUTES,
        *live_runs.ROUTES,
        *stop_criteria.ROUTES,
        *runs.ROUTES,
        *starts.ROUTES,
        *aliquots.ROUTES,
        *batches.ROUTES,
        *bench_batches.ROUTES,
        *libraries.ROUTES,
        *library_changes.ROUTES,
        *library_rows.ROUTES,
        *pools.ROUTES,
        *dosing.ROUTES,
        *deliveries.ROUTES,
        *status_links.ROUTES,
        *mails.ROUTES,
        *locations.ROUTES,
        *placements.ROUTES,
        *excursions.ROUTES,
        *retention.ROUTES,
        *labels.ROUTES,
        *resolutions.ROUTES,
        *questions.ROUTES,
        *pauses.ROUTES,
        *turnaround.ROUTES,
        *outlooks.ROUTES,
        *charges.ROUTES,
        *billing.ROUTES,
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
        events.SubmissionIntakeStarted,
        events.SubmissionTakenIn,
        events.SubmissionIntakeUndone,
        events.SubmissionRejected,
        events.SubmissionCancelled,
        events.SampleCreated,
        events.SampleChanged,
        events.SampleStageChanged,
        events.OverrideAsked,
        events.OverrideSettled,
        events.SampleMeasured,
        events.SampleMeasurementInvalidated,
        events.SampleMeasurementSigned,
        events.SampleCustodyRecorded,
        events.SampleRecordAdded,
        events.BulkStarted,
        events.BulkFinished,
        events.ExportMade,
        events.KitLotChanged,
        events.KitLotReturned,
        events.KitLotUsed,
        events.InstrumentChanged,
        events.FlowCellChanged,
        events.FlowCellChecked,
        events.FlowCellClaimReported,
        events.FlowCellLoaded,
        events.RunPlanned,
        events.RunChanged,
        events.RunMoved,
        events.RunSheetIssued,
        events.AcquisitionRead,
        events.AcquisitionMatched,
        events.AcquisitionSetAside,
        events.BasecallStored,
        events.BasecallNamed,
        events.InstrumentTold,
        events.RunTicked,
        events.RunStopConfirmed,
        events.AliquotTaken,
        events.LibraryCreated,
        events.LibraryChanged,
        events.LibraryMoved,
        events.LibraryMeasured,
        events.LibrariesChanged,
        events.PoolCreated,
        events.PoolChanged,
        events.PoolMoved,
        events.PoolMeasured,
        events.BatchCreated,
        events.BatchChanged,
        events.StatusLinkMade,
        events.StatusLinkRevoked,
        events.MailSent,
        events.MailFailed,
        events.DeliveryPrepared,
        events.DeliveryChanged,
        events.DeliveryVerified,
        events.DeliveryStateChanged,
        events.DeliveryReleased,
        events.DeliveryReceived,
        events.LabelLayoutChanged,
        events.LabelPrinterChanged,
        events.LabelQueued,
        events.LabelPrinted,
        events.StorageLocationChanged,
        events.StorageExcursionRecorded,
        events.StorageFindingJudged,
        events.StorageRetentionSet,
        events.ContainerCreated,
        events.ContainerCustodyRecorded,
        events.SubmissionFindingResolved,
        events.SubmissionQuestionAsked,
        events.SubmissionQuestionAnswered,
        events.SubmissionNoteAdded,
        events.SampleClockPaused,
        events.SampleClockResumed,
        events.ChargeCodeChanged,
        events.ProjectChargeSet,
        events.BillingRecorded,
        events.BillingCredited,
    ),
    jobs=[
        *figures.JOBS,
        *bulk_jobs.JOBS,
        *shelf_life.JOBS,
        *mail_jobs.JOBS,
        *delivery_jobs.JOBS,
        *printing.JOBS,
        *override_jobs.JOBS,
        *trace_jobs.JOBS,
        *forecast_jobs.JOBS,
        *outlook_jobs.JOBS,
        *live_jobs.JOBS,
    ],
    sagas=(INTAKE, run_starts.RUN_START, HANDOVER),
    seen_with={
        "kit_lot": "inventory.read",
        "instrument": "inventory.read",
        "flow_cell": "inventory.read",
        "run": "inventory.read",
        "pool": "samples.move",
        "batch": "samples.move",
    },
    subscriptions=[
        *catalogue.SUBSCRIPTIONS,
        *manifests.SUBSCRIPTIONS,
        *question_handlers.SUBSCRIPTIONS,
        *intake.SUBSCRIPTIONS,
        *mail_handlers.SUBSCRIPTIONS,
        *handover_handlers.SUBSCRIPTIONS,
        *shortfalls.SUBSCRIPTIONS,
    ],
)
