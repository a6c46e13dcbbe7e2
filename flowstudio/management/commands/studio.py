"""Serve the studio and run its workflows, in one process: the standalone product, or beside a host's own."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from daphne.server import Server  # first of all: it installs Twisted's asyncio reactor
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils.module_loading import import_string
from twisted.internet import reactor, threads

from flowstudio import asgi, signin
from flowstudio.conf import settings
from flowstudio.runs import examples, writer
from flowstudio.runs.local import LocalRunner

STANDALONE_URLS = "flowstudio.site.urls"


class Command(BaseCommand):
    help = "Serve the studio and run its workflows. Stop it with Ctrl-C or SIGTERM: what runs is handed back."
    requires_system_checks: list[str] = []  # they take longer than the start

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000; 0: a free one)")
        parser.add_argument(
            "--data", help="folder of the database, the key and boot files (standalone studio)"
        )

    def handle(self, *, host: str, port: int, data: str | None, **_: Any) -> None:
        _check_data(data)
        _refuse_open_debug(host)
        listening = _listen(host, port)
        is_standalone = django_settings.ROOT_URLCONF == STANDALONE_URLS
        is_new = _prepare_database(may_migrate=is_standalone)
        application = _application()
        origin = _origin(host, listening.getsockname()[1])
        self.stdout.write(f"FlowStudio: {origin}{reverse('flowstudio:workflows')}")
        link = signin.first_link(origin)
        if is_standalone and is_new:
            examples.install()
        if link is not None:
            self.stdout.write(f"Sign in once with: {link}")
        _serve(application, listening, self._say_ready)

    def _say_ready(self) -> None:
        self.stdout.write("Ready. Stop with Ctrl-C.")
        self.stdout.flush()


def _check_data(data: str | None) -> None:
    if data is not None and Path(data).resolve() != Path(settings.DATA_DIR).resolve():
        raise CommandError(
            f"--data {data} came too late: the settings already use {settings.DATA_DIR}. In a host project"
            ' the folder is FLOWSTUDIO["DATA_DIR"]; the standalone studio is started by its own manage.py.'
        )


def _refuse_open_debug(host: str) -> None:
    if django_settings.DEBUG and not _is_loopback(host):
        raise CommandError(
            f"With DEBUG on, error pages show settings and source: not on {host}, which others can reach."
            " Listen on 127.0.0.1, or switch DEBUG off."
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket, taken before anything else is done: a second studio fails here, and clearly."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(1024)
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {host}, port {port}: {error.strerror}. Does another studio run there?"
            " Choose another port with --port."
        ) from None
    listening.setblocking(False)
    return listening


def _origin(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _prepare_database(*, may_migrate: bool) -> bool:
    """Bring the tables up to date; True if there were none. A host's database is the host's to migrate."""
    connection = connections[DEFAULT_DB_ALIAS]
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    if not may_migrate:
        raise CommandError("The database is not up to date. Run `manage.py migrate` first.")
    is_new = not any(app == "flowstudio" for app, _ in executor.loader.applied_migrations)
    call_command("migrate", verbosity=0, interactive=False)
    return is_new


def _application() -> Any:
    """The project's ASGI application, with ours around it where it is not there yet."""
    path = getattr(django_settings, "ASGI_APPLICATION", None)
    application = import_string(path) if path else get_asgi_application()
    return application if isinstance(application, asgi.Application) else asgi.wrap(application)


def _with_static_files(application: Any) -> Any:
    """As `runserver` does it: with DEBUG on, a host's static files are served from where they lie."""
    if django_settings.DEBUG and apps.is_installed("django.contrib.staticfiles"):
        return ASGIStaticFilesHandler(application)
    return application


def _serve(application: Any, listening: socket.socket, say_ready: Callable[[], None]) -> None:
    runner = LocalRunner(application)
    runner.start()
    # daphne has no lifespan; a Deferred returned by this trigger holds its end until the runner has drained.
    before: Any = ("before", "shutdown")
    reactor.addSystemEventTrigger(*before, lambda: threads.deferToThread(runner.drain))
    endpoint = f"fd:fileno={listening.fileno()}"
    Server(
        _with_static_files(application),
        endpoints=[endpoint],
        server_name="flowstudio",
        ready_callable=say_ready,
    ).run()
    writer.stop()
    runner.leave()
