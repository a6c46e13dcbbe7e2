"""System checks: what a project lacks to run FlowStudio, each with the lines to paste."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from django.conf import settings as django_settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils.module_loading import import_string

from flowstudio.conf import DEFAULTS, settings

SQLITE_LINES = """\
DATABASES["default"]["OPTIONS"] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}"""
APPS = ("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions")
MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)
WRAP_LINES = """\
# asgi.py
import flowstudio.asgi
application = flowstudio.asgi.wrap(get_asgi_application())
# settings.py
ASGI_APPLICATION = "<your project>.asgi.application\""""


def check_database(**options: Any) -> list[CheckMessage]:
    database: dict[str, Any] = django_settings.DATABASES.get("default", {})
    engine = database.get("ENGINE", "")
    if engine.endswith(("mysql", "oracle")):
        name = "MySQL" if engine.endswith("mysql") else "Oracle"
        return [
            Error(
                f"FlowStudio does not run on {name}.",
                hint="Use PostgreSQL, or SQLite on one machine.",
                id="flowstudio.E001",
            )
        ]
    if not engine.endswith("sqlite3"):
        return []
    faults = list(_sqlite_faults(database.get("OPTIONS", {})))
    if not faults:
        return []
    return [
        Warning(
            f"SQLite is not set up for several writers: {'; '.join(faults)}. "
            "Runs would fail with “database is locked”.",
            hint=f"Put into your settings:\n{SQLITE_LINES}",
            id="flowstudio.W001",
        )
    ]


def _sqlite_faults(options: dict[str, Any]) -> Iterable[str]:
    if str(options.get("transaction_mode", "")).upper() != "IMMEDIATE":
        yield 'transaction_mode is not "IMMEDIATE"'
    if "journal_mode=wal" not in str(options.get("init_command", "")).lower().replace(" ", ""):
        yield "the write-ahead log (WAL) is not switched on"
    if float(options.get("timeout", 5)) < 10:
        yield "the time-out is under 10 seconds"


def check_apps(**options: Any) -> list[CheckMessage]:
    """Sign-in and permissions are Django's own."""
    apps = [app for app in APPS if app not in django_settings.INSTALLED_APPS]
    middleware = [path for path in MIDDLEWARE if not _has_middleware(path)]
    return [
        Error(
            f"FlowStudio needs {', '.join(missing)} in {setting}.",
            hint=f"Put into your settings:\n{setting} += [{', '.join(map(repr, missing))}]",
            id=code,
        )
        for setting, missing, code in (
            ("INSTALLED_APPS", apps, "flowstudio.E002"),
            ("MIDDLEWARE", middleware, "flowstudio.E003"),
        )
        if missing
    ]


def _has_middleware(path: str) -> bool:
    """A host may have put a class of its own, derived from Django's, in its place."""
    wanted = import_string(path)
    for entry in django_settings.MIDDLEWARE:
        found = import_string(entry)
        if found is wanted or (isinstance(found, type) and issubclass(found, wanted)):
            return True
    return False


def check_templates(**options: Any) -> list[CheckMessage]:
    backend = "django.template.backends.django.DjangoTemplates"
    if any(engine.get("BACKEND") == backend for engine in django_settings.TEMPLATES):
        return []
    return [
        Error(
            "FlowStudio's pages need Django's template engine.",
            hint=f'Put into your settings:\nTEMPLATES += [{{"BACKEND": "{backend}", "APP_DIRS": True}}]',
            id="flowstudio.E004",
        )
    ]


def check_time(**options: Any) -> list[CheckMessage]:
    if django_settings.USE_TZ:
        return []
    return [
        Error(
            "FlowStudio stores times with their zone.",
            hint="Put into your settings:\nUSE_TZ = True",
            id="flowstudio.E005",
        )
    ]


def check_origins(**options: Any) -> list[CheckMessage]:
    if not any("*" in origin for origin in settings.ALLOWED_ORIGINS):
        return []
    return [
        Error(
            'FLOWSTUDIO["ALLOWED_ORIGINS"] holds "*": any page on the web could open the live '
            "connection with a visitor's session.",
            hint='Name each origin: FLOWSTUDIO = {"ALLOWED_ORIGINS": ["https://example.org"]}',
            id="flowstudio.E006",
        )
    ]


def check_asgi(**options: Any) -> list[CheckMessage]:
    if getattr(django_settings, "ASGI_APPLICATION", None):
        return []
    return [
        Warning(
            "ASGI_APPLICATION is not set: without sockets, browsers poll for what runs do.",
            hint=f"Wrap your application, and serve it with daphne or uvicorn:\n{WRAP_LINES}",
            id="flowstudio.W002",
        )
    ]


def check_names(**options: Any) -> list[CheckMessage]:
    """A misspelt setting would silently keep its default."""
    return [
        Warning(
            f'FLOWSTUDIO has no setting "{name}".',
            hint=f'Do you mean "{near[0]}"?' if (near := get_close_matches(name, DEFAULTS)) else None,
            id="flowstudio.W003",
        )
        for name in getattr(django_settings, "FLOWSTUDIO", {})
        if name not in DEFAULTS
    ]


ALL = (check_database, check_apps, check_templates, check_time, check_origins, check_asgi, check_names)


def register_all() -> None:
    for check in ALL:
        register(check, "flowstudio")
