"""What tests share: a database file of their own, a workflow factory, a runner, running studios."""

import shutil

import pytest
from django.db import connections

from flowstudio.runs import plugins, publishing, writer
from tests.drawing import graph
from tests.studio import ROOT, Studio, until

TEST_PLUGINS = ROOT / "tests" / "test_plugins"  # nodes that leave traces in files, die, never return

SUMMARY = pytest.StashKey[dict[str, list[str]]]()


def pytest_collection_modifyitems(items):
    """Browser tests last: Playwright keeps an event loop running, which Django and pytest-asyncio refuse."""
    items.sort(key=lambda item: "tests/browser/" in item.path.as_posix())


def pytest_configure(config):
    config.stash[SUMMARY] = {}


def pytest_terminal_summary(terminalreporter, config):
    for title, lines in config.stash[SUMMARY].items():
        terminalreporter.section(title)
        terminalreporter.write_line("\n".join(lines))


@pytest.fixture
def record_in_summary(pytestconfig):
    """Adds a line under a title to what pytest prints at its end."""

    def record(title, line):
        pytestconfig.stash[SUMMARY].setdefault(title, []).append(line)

    return record


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """A database file per test session: several sessions may run at once, and processes share one."""
    folder = tmp_path_factory.mktemp("database")
    for alias in connections:
        connections[alias].settings_dict["TEST"]["NAME"] = str(folder / f"{alias}.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def _stop_the_writer():
    yield
    writer.stop()


@pytest.fixture(scope="session", autouse=True)
def _test_plugins():
    plugins.registry().load_folder(TEST_PLUGINS, package="flowstudio_test_plugins")


@pytest.fixture
def data_dir(tmp_path, settings):
    """A data folder of the test's own, where boot files lie."""
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "DATA_DIR": tmp_path}
    return tmp_path


@pytest.fixture(name="until")
def _until():
    return until


@pytest.fixture(name="graph")
def _graph():
    return graph


@pytest.fixture
def make_workflow(db):
    """A factory of workflows: published and switched on, from a graph (or its short form)."""
    from flowstudio import models

    def make(drawn, *, name="Workflow", enabled=True, publish=True, **fields):
        workflow = models.Workflow.objects.create(
            name=name, enabled=enabled, graph=drawn.to_bytes(), **fields
        )
        if publish:
            publishing.publish(workflow, drawn)
            workflow.refresh_from_db()
        return workflow

    return make


@pytest.fixture
def make_runner(transactional_db, data_dir):
    """A factory of runners in this process, drained when the test ends."""
    from flowstudio import asgi
    from flowstudio.runs.local import LocalRunner

    runners = []

    def make():
        runner = LocalRunner(asgi.wrap(None))
        runner.start()
        runners.append(runner)
        return runner

    yield make
    for runner in runners:
        runner.drain()


@pytest.fixture
def runner(make_runner):
    """A local runner in this process, as `manage.py studio` has one."""
    return make_runner()


@pytest.fixture(scope="session")
def _prepared_data(tmp_path_factory):
    """The data folder of a studio that has been started once: starting anew from it is quicker."""
    folder = tmp_path_factory.mktemp("studio")
    Studio(folder).start().stop()
    return folder


def _factory(folder, prepared):
    """What starts a studio, in a fresh data folder below ``folder`` or in a given one; and all it started."""
    studios = []

    def make(data=None, start=True, host="127.0.0.1", port=0, **environment):
        if data is None:
            data = folder / f"studio-{len(studios)}"
            shutil.copytree(prepared, data)
        studio = Studio(data, host, port, environment)
        studios.append(studio)
        return studio.start() if start else studio

    return make, studios


@pytest.fixture
def make_studio(tmp_path, _prepared_data):
    """A factory of studio processes; each is stopped when the test ends.

    ``make_studio()`` starts one on a fresh data folder; ``make_studio(data)`` on a given one.
    """
    make, studios = _factory(tmp_path, _prepared_data)
    yield make
    for studio in studios:
        studio.stop()


@pytest.fixture
def studio_server(make_studio):
    """A running studio of the test's own: `.url`, `.sign_in_link`, `.kill()`, `.start()`, `.rows(sql)`."""
    return make_studio()


@pytest.fixture(scope="module")
def shared_studio(tmp_path_factory, _prepared_data):
    """A running studio that the tests of a module share: quicker, for those that do not stop it."""
    make, studios = _factory(tmp_path_factory.mktemp("shared"), _prepared_data)
    yield make()
    for studio in studios:
        studio.stop()
