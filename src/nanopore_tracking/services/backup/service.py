"""What the backup service is made of."""

from pathlib import Path

from nanopore_tracking.contracts.events import backup as events
from nanopore_tracking.kernel.service import Service
from nanopore_tracking.services.backup.backups import jobs, routes
from nanopore_tracking.services.backup.settings import Settings

SERVICE = Service(
    name="backup",
    paths=("/api/backups",),
    settings=Settings,
    routes=routes.ROUTES,
    database="nanopore_backup",
    database_env="BACKUP_DB_URL",
    migrations=Path(__file__).with_name("migrations"),
    events=(
        events.BackupRequested,
        events.BackupCompleted,
        events.BackupFailed,
        events.BackupVerified,
        events.BackupDrilled,
        events.BackupExpired,
    ),
    jobs=jobs.JOBS,
)
