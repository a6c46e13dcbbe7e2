"""The rows in Django's admin: to look at, and to repair where that is safe."""

from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
from django.contrib import admin
from django.db.models import BinaryField, Model
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from flowstudio import models

SHOWN_CHARACTERS = 64 * 1024


def pretty(value: Any) -> SafeString:
    """A stored JSON value as indented text; a large one is cut and says so."""
    if value is None:
        return format_html("{}", "–")
    found = orjson.loads(bytes(value)) if isinstance(value, bytes | memoryview) else value
    text = orjson.dumps(found, option=orjson.OPT_INDENT_2).decode()
    left = len(text) - SHOWN_CHARACTERS
    rest = f"\n… {left:,} characters more" if left > 0 else ""
    return format_html("<pre>{}{}</pre>", text[:SHOWN_CHARACTERS], rest)


@cache  # the admin compares a form's columns with those it may not change
def _shows(name: str) -> Callable[[Model], SafeString]:
    @admin.display(description=name.replace("_", " "))
    def show(row: Model) -> SafeString:
        return pretty(getattr(row, name))

    show.__name__ = f"{name}_json"
    return show


class RowAdmin(admin.ModelAdmin):
    """Shows every JSON column as text. People change only the columns of ``changed``."""

    hidden: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    show_full_result_count = False  # counting all steps would take longer than the page

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        plain, values = self._columns()
        return [*plain, *values]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        plain, values = self._columns()
        return [*(name for name in plain if name not in self.changed), *values]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # rows come from the studio and the API, which check them

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(self.changed) and super().has_change_permission(request, obj)

    def _columns(self) -> tuple[list[str], list[Any]]:
        meta = self.model._meta
        fields = [field for field in meta.fields if field.name not in self.hidden]
        many = [field.name for field in meta.many_to_many if field.name in self.changed]
        plain = [field.name for field in fields if not isinstance(field, BinaryField)]
        return plain + many, [_shows(field.name) for field in fields if isinstance(field, BinaryField)]


class GrantInline(admin.TabularInline):
    model = models.WorkflowGrant
    extra = 0


@admin.register(models.Workflow)
class WorkflowAdmin(RowAdmin):
    changed = ("name", "description", "enabled", "owner", "deleted")
    raw_id_fields = ("owner",)
    list_display = ("name", "enabled", "owner", "published", "updated", "deleted")
    list_filter = ("enabled",)
    search_fields = ("name", "id")
    inlines = (GrantInline,)


@admin.register(models.Version)
class VersionAdmin(RowAdmin):
    list_display = ("workflow", "number", "name", "created", "created_by")


@admin.register(models.Snapshot)
class SnapshotAdmin(RowAdmin):
    list_display = ("hash", "created")


@admin.register(models.Event)
class EventAdmin(RowAdmin):
    list_display = ("type", "event_id", "source", "received", "is_test", "user")
    list_filter = ("is_test", "received")
    search_fields = ("type", "event_id", "id")


@admin.register(models.Run)
class RunAdmin(RowAdmin):
    list_display = ("id", "workflow", "kind", "status", "reason", "queued", "ended")
    list_filter = ("status", "kind", "is_test")
    search_fields = ("id",)


@admin.register(models.Step)
class StepAdmin(RowAdmin):
    list_display = ("id", "run", "node", "plugin", "status", "started", "ended")
    list_filter = ("status",)
    search_fields = ("id", "run__id")


@admin.register(models.JournalEntry)
class JournalEntryAdmin(RowAdmin):
    hidden = ("value",)  # whole, unmasked values are for the runner alone
    list_display = ("run", "node", "iteration", "outcome")


@admin.register(models.StoredValue)
class StoredValueAdmin(RowAdmin):
    hidden = ("value",)  # what workflows remember is theirs
    list_display = ("workflow", "scope", "key", "number", "expires", "is_test")


@admin.register(models.Sample)
class SampleAdmin(RowAdmin):
    changed = ("name", "event_type")
    list_display = ("workflow", "name", "event_type")


@admin.register(models.PluginConfig)
class PluginConfigAdmin(RowAdmin):
    changed = ("enabled", "groups")
    list_display = ("plugin", "enabled", "updated")


@admin.register(models.ApiToken)
class ApiTokenAdmin(RowAdmin):
    hidden = ("hash",)
    changed = ("name", "expires", "revoked")
    list_display = ("name", "prefix", "user", "created", "expires", "last_used", "revoked")


@admin.register(models.WebhookPath)
class WebhookPathAdmin(RowAdmin):
    hidden = ("hash",)
    list_display = ("version", "node")


@admin.register(models.WebhookListener)
class WebhookListenerAdmin(RowAdmin):
    hidden = ("hash",)
    list_display = ("workflow", "node", "user", "expires")
