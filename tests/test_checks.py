"""System checks: what a host lacks is named, with the lines that cure it."""

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.middleware import SessionMiddleware

from flowstudio import checks

GOOD = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}


class OwnSessions(SessionMiddleware):
    """A host's own, derived from Django's."""


def ids(check):
    return [message.id for message in check()]


def database(settings, engine, **options):
    settings.DATABASES = {"default": {"ENGINE": f"django.db.backends.{engine}", "OPTIONS": options}}


@pytest.mark.parametrize("check", checks.ALL)
def test_the_standalone_studio_lacks_nothing(check):
    assert check() == []


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, ["transaction_mode", "WAL", "time-out"]),
        ({**GOOD, "transaction_mode": "DEFERRED"}, ["transaction_mode"]),
        ({**GOOD, "init_command": "PRAGMA synchronous=NORMAL"}, ["WAL"]),
        ({**GOOD, "timeout": 5}, ["time-out"]),
    ],
)
def test_sqlite_as_django_sets_it_up_is_warned_of(settings, options, words):
    database(settings, "sqlite3", **options)

    (message,) = checks.check_database()

    assert message.id == "flowstudio.W001"
    assert all(word in message.msg for word in words)
    assert checks.SQLITE_LINES in message.hint


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
def test_the_lines_to_paste_cure_the_warning(settings):
    database(settings, "sqlite3")
    exec(checks.SQLITE_LINES, {"DATABASES": django_settings.DATABASES})

    assert checks.check_database() == []


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
@pytest.mark.parametrize(
    ("engine", "found"), [("mysql", ["flowstudio.E001"]), ("oracle", ["flowstudio.E001"]), ("postgresql", [])]
)
def test_other_databases(settings, engine, found):
    database(settings, engine)

    assert ids(checks.check_database) == found


def test_missing_apps_and_middleware_are_named(settings):
    settings.INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "flowstudio"]
    settings.MIDDLEWARE = ["django.contrib.auth.middleware.AuthenticationMiddleware"]

    apps, middleware = checks.check_apps()

    assert "INSTALLED_APPS += ['django.contrib.sessions']" in apps.hint
    assert "SessionMiddleware" in middleware.hint
    assert "AuthenticationMiddleware" not in middleware.hint


def test_a_middleware_derived_from_djangos_will_do(settings):
    settings.MIDDLEWARE = [
        f"{__name__}.OwnSessions",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ]

    assert checks.check_apps() == []


def test_templates_time_zone_and_sockets(settings):
    settings.TEMPLATES = [{"BACKEND": "django.template.backends.jinja2.Jinja2"}]
    settings.USE_TZ = False
    settings.ASGI_APPLICATION = None

    assert ids(checks.check_templates) == ["flowstudio.E004"]
    assert ids(checks.check_time) == ["flowstudio.E005"]
    (hint,) = checks.check_asgi()
    assert "flowstudio.asgi.wrap" in hint.hint


@pytest.mark.parametrize("origin", ["*", "https://*.example.org"])
def test_an_origin_with_a_star_is_an_error(settings, origin):
    settings.FLOWSTUDIO = {"ALLOWED_ORIGINS": ["https://example.org", origin]}

    assert ids(checks.check_origins) == ["flowstudio.E006"]


def test_a_misspelt_setting_is_guessed(settings):
    settings.FLOWSTUDIO = {"MAX_STEP": 7, "NONSENSE": 1}

    close, far = checks.check_names()

    assert close.hint == 'Do you mean "MAX_STEPS"?'
    assert far.hint is None
