"""What the audit service is made of."""

from pathlib import Path

from nanopore_tracking.kernel.service import Service
from nanopore_tracking.services.audit.entries import handlers, jobs, routes
from nanopore_tracking.services.audit.settings import Settings

SERVICE = Service(
    name="audit",
    paths=("/api/audit",),
    settings=Settings,
    routes=routes.ROUTES,
    database="nanopore_audit",
    database_env="AUDIT_DB_URL",
    migrations=Path(__file__).with_name("migrations"),
    subscriptions=handlers.SUBSCRIPTIONS,
    jobs=jobs.JOBS,
)
