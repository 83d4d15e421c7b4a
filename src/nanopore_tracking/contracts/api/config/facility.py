"""Facility settings: what people may set while the product runs."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from nanopore_tracking.contracts.api.base import ONE_LINE, Answer, Asked

SettingName = Literal["facility_name", "override_second_person", "time_zone"]


class NewSettingValue(Asked, frozen=True, kw_only=True):
    """Give a setting another value."""

    value: Annotated[str, Meta(min_length=1, max_length=200, pattern=ONE_LINE)]


class Setting(Answer, frozen=True, kw_only=True):
    """One setting. kind: what its value is; version 0 and no changed_at: it has its default value still."""

    name: SettingName
    title: str
    description: str
    kind: Literal["text", "time_zone", "yes_no"]
    value: str
    default: str
    changed_at: datetime | None = None
    changed_by: str | None = None
    version: int
