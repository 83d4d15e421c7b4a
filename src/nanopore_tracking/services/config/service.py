"""What the config service is made of."""

from pathlib import Path

from nanopore_tracking.contracts.events import config as events
from nanopore_tracking.kernel.runtime import Runtime
from nanopore_tracking.kernel.service import Service
from nanopore_tracking.services.config.accounts import jobs as account_jobs
from nanopore_tracking.services.config.accounts import routes as account_routes
from nanopore_tracking.services.config.catalogues import jobs as catalogue_jobs
from nanopore_tracking.services.config.catalogues import routes as catalogue_routes
from nanopore_tracking.services.config.facility import routes as facility_routes
from nanopore_tracking.services.config.pins import routes as pin_routes
from nanopore_tracking.services.config.settings import Settings
from nanopore_tracking.services.config.sign_in import jobs as sign_in_jobs
from nanopore_tracking.services.config.sign_in import routes as sign_in_routes
from nanopore_tracking.services.config.tokens import routes as token_routes
from nanopore_tracking.services.config.views import routes as view_routes
from nanopore_tracking.services.config.webhooks import handlers as webhook_handlers
from nanopore_tracking.services.config.webhooks import jobs as webhook_jobs
from nanopore_tracking.services.config.webhooks import routes as webhook_routes


async def bootstrap(runtime: Runtime) -> None:
    """See to the first administrator and the first catalogues."""
    await account_jobs.first_account(runtime)
    await catalogue_jobs.first_versions(runtime)


SERVICE = Service(
    name="config",
    paths=(
        "/api/auth",
        "/api/accounts",
        "/api/tokens",
        "/api/views",
        "/api/settings",
        "/api/catalogues",
        "/api/webhooks",
    ),
    settings=Settings,
    routes=(
        *sign_in_routes.ROUTES,
        *pin_routes.ROUTES,
        *account_routes.ROUTES,
        *token_routes.ROUTES,
        *view_routes.ROUTES,
        *facility_routes.ROUTES,
        *catalogue_routes.ROUTES,
        *webhook_routes.ROUTES,
    ),
    database="nanopore_config",
    database_env="CONFIG_DB_URL",
    migrations=Path(__file__).with_name("migrations"),
    events=(
        events.AccountCreated,
        events.AccountChanged,
        events.AccountLinkMade,
        events.SessionOpened,
        events.SessionClosed,
        events.SessionRefused,
        events.DeviceShared,
        events.DeviceRevoked,
        events.TokenCreated,
        events.TokenRevoked,
        events.SettingChanged,
        events.CataloguePublished,
        events.ViewCreated,
        events.ViewChanged,
        events.ViewDeleted,
        events.ViewDefaultChanged,
        events.WebhookCreated,
        events.WebhookChanged,
        events.WebhookPaused,
        events.WebhookDeliveryRequested,
    ),
    subscriptions=webhook_handlers.SUBSCRIPTIONS,
    jobs=[*sign_in_jobs.JOBS, *webhook_jobs.JOBS],
    bootstrap=bootstrap,
)
