"""Questions to the config service and its answers, one module for each noun."""

from nanopore_tracking.contracts.api.config.accounts import Account, AccountPatch, NewAccount, SignInLink
from nanopore_tracking.contracts.api.config.catalogues import (
    BarcodeSetEntry,
    Catalogue,
    CatalogueName,
    CatalogueSummary,
    FlowCellEntry,
    KitEntry,
    NewCatalogueVersion,
    ServiceTypeEntry,
    ThresholdEntry,
)
from nanopore_tracking.contracts.api.config.facility import NewSettingValue, Setting
from nanopore_tracking.contracts.api.config.sessions import (
    AccessToken,
    Credentials,
    ExchangedToken,
    KeySet,
    NewPassword,
    Opened,
    Session,
    SessionToken,
    SignIn,
)
from nanopore_tracking.contracts.api.config.tokens import ApiToken, ApiTokenMade, NewApiToken
from nanopore_tracking.contracts.api.config.views import DefaultChoice, NewView, View, ViewPatch
from nanopore_tracking.contracts.api.config.webhooks import (
    EventType,
    NewWebhook,
    Webhook,
    WebhookAttempt,
    WebhookDelivery,
    WebhookMade,
    WebhookPatch,
)

__all__ = [
    "AccessToken",
    "Account",
    "AccountPatch",
    "ApiToken",
    "ApiTokenMade",
    "BarcodeSetEntry",
    "Catalogue",
    "CatalogueName",
    "CatalogueSummary",
    "Credentials",
    "DefaultChoice",
    "EventType",
    "ExchangedToken",
    "FlowCellEntry",
    "KeySet",
    "KitEntry",
    "NewAccount",
    "NewApiToken",
    "NewCatalogueVersion",
    "NewPassword",
    "NewSettingValue",
    "NewView",
    "NewWebhook",
    "Opened",
    "ServiceTypeEntry",
    "Session",
    "SessionToken",
    "Setting",
    "SignIn",
    "SignInLink",
    "ThresholdEntry",
    "View",
    "ViewPatch",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookMade",
    "WebhookPatch",
]
