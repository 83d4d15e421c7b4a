"""What the config service announces; no secret and no hash of one is ever in here."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from nanopore_tracking.kernel.events import Event


class AccountEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of an account: its state after the change."""

    account_id: UUID
    username: str
    name: str
    email: str
    roles: list[str]
    lab_ids: list[UUID]
    active: bool
    has_password: bool
    has_pin: bool = False


class AccountCreated(AccountEvent, frozen=True, kw_only=True):
    """An account was created; it has no password yet."""

    type = "account.created"


class AccountChanged(AccountEvent, frozen=True, kw_only=True):
    """An account was changed, or its password or PIN was set; the changes say which fields, of secrets only that."""

    type = "account.changed"


class AccountLinkMade(Event, frozen=True, kw_only=True):
    """A one-time sign-in link was made for an account; links made before no longer work."""

    type = "account.link_made"

    account_id: UUID
    username: str
    expires_at: datetime


class SessionOpened(Event, frozen=True, kw_only=True):
    """Someone signed in. means `program`: an access token was given for name and password, without a session.

    device_id: of the shared tablet on which a person went on with a PIN.
    """

    type = "session.opened"

    session_id: UUID | None
    account_id: UUID
    username: str
    means: Literal["password", "link", "program", "pin"]
    address: str
    client: str
    device_id: UUID | None = None


class SessionClosed(Event, frozen=True, kw_only=True):
    """A session was ended by its owner, by a change of the password, or because the account is no longer active.

    cause `switched`: another person went on with a PIN on the same tablet.
    """

    type = "session.closed"

    session_id: UUID
    account_id: UUID
    username: str
    cause: Literal[
        "sign_out", "ended_by_owner", "password_changed", "account_deactivated", "switched", "tablet_revoked"
    ]


class SessionRefused(Event, frozen=True, kw_only=True):
    """A sign-in was refused. account_id and username: of the account, None and blank where there is none.

    The typed name of an account that does not exist is not kept: it may be a password in the wrong field.
    failure_count: failed attempts at the account in a row; those turned away unchecked, because there were too many,
    are neither counted nor announced.
    """

    type = "session.refused"

    account_id: UUID | None
    username: str
    means: Literal["password", "link", "program", "pin"]
    cause: Literal[
        "wrong_password",
        "no_such_account",
        "no_password",
        "not_active",
        "link_not_accepted",
        "wrong_pin",
        "pin_not_taken",
    ]
    address: str
    client: str
    failure_count: int


class DeviceShared(Event, frozen=True, kw_only=True):
    """People who signed in on a tablet may go on there with a PIN from now on; account_id: who said so."""

    type = "device.shared"

    device_id: UUID
    account_id: UUID
    username: str


class DeviceRevoked(Event, frozen=True, kw_only=True):
    """A shared tablet was taken back: no PIN is taken there, and what was opened there has ended."""

    type = "device.revoked"

    device_id: UUID
    name: str
    reason: str


class TokenEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of an API token; the token itself is never in here."""

    token_id: UUID
    account_id: UUID
    username: str
    name: str
    roles: list[str]
    lab_ids: list[UUID]
    expires_at: datetime


class TokenCreated(TokenEvent, frozen=True, kw_only=True):
    """An API token was made."""

    type = "token.created"


class TokenRevoked(TokenEvent, frozen=True, kw_only=True):
    """An API token was revoked before its end."""

    type = "token.revoked"


class SettingChanged(Event, frozen=True, kw_only=True):
    """A facility setting has another value."""

    type = "setting.changed"

    name: str
    value: str
    setting_version: int


class CataloguePublished(Event, frozen=True, kw_only=True):
    """A catalogue has a new version; the whole catalogue is in here, so that readers can keep their own copy.

    catalogue: `kits`, `barcodes`, `flow_cells`, `thresholds`, `service_types`, `price_items` or `holidays`; entries:
    one object each with the fields of that catalogue (contracts/api/config/catalogues.py), every one with `code` and
    `source`. It counts from the day effective_from on; a day without a newer one keeps the version before.
    """

    type = "catalogue.published"

    catalogue: str
    catalogue_version: int
    effective_from: date
    entries: list[dict[str, Any]]


class ViewEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of a saved view: its state after the change. of: the list that it is a view of."""

    view_id: UUID
    account_id: UUID
    of: str
    name: str
    shared: bool
    filters: dict[str, str]
    sort: str
    columns: list[str]


class ViewCreated(ViewEvent, frozen=True, kw_only=True):
    """A person kept a view of a list."""

    type = "view.created"


class ViewChanged(ViewEvent, frozen=True, kw_only=True):
    """A view was changed by its owner; the changes say which fields."""

    type = "view.changed"


class ViewDeleted(ViewEvent, frozen=True, kw_only=True):
    """A view was removed by its owner; it is as it was last."""

    type = "view.deleted"


class ViewDefaultChanged(Event, frozen=True, kw_only=True):
    """A person's list begins with a view from now on, or no longer. account_id: theirs."""

    type = "view.default_changed"

    view_id: UUID
    account_id: UUID
    of: str
    name: str
    is_default: bool


class WebhookEvent(Event, frozen=True, kw_only=True):
    """Base of all that is announced of a webhook: its state after the change; its secret is never in here."""

    webhook_id: UUID
    name: str
    url: str
    event_types: list[str]
    state: Literal["active", "paused", "off"]
    state_reason: str


class WebhookCreated(WebhookEvent, frozen=True, kw_only=True):
    """An endpoint is told of events from now on."""

    type = "webhook.created"


class WebhookChanged(WebhookEvent, frozen=True, kw_only=True):
    """An endpoint was changed, switched on or off, or got another secret; the changes say which."""

    type = "webhook.changed"


class WebhookPaused(WebhookEvent, frozen=True, kw_only=True):
    """An endpoint failed so often in a row that nothing is sent to it any more until a person says so."""

    type = "webhook.paused"

    failure_count: int


class WebhookDeliveryRequested(WebhookEvent, frozen=True, kw_only=True):
    """A person asked for a test, for an event to be sent again, or for one that waits not to be sent."""

    type = "webhook.delivery_requested"

    what: Literal["test", "replay", "discard"]
    delivery_id: UUID
    event_type: str
