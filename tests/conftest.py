"""What tests share: a database file of their own, a workflow factory, a runner, a running studio."""

import pytest

from flowstudio.runs import writer


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """A database file per test session: several may run at once, and processes share it."""
    from django.db import connections

    folder = tmp_path_factory.mktemp("database")
    for alias in connections:
        test_settings = connections[alias].settings_dict["TEST"]
        test_settings["NAME"] = str(folder / f"{alias}.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def _stop_the_writer():
    yield
    writer.stop()
