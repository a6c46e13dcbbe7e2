"""Liveness and readiness, for those who watch the process."""

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


def test_the_process_is_up_even_without_a_database(client):
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_when_the_database_is_migrated(client):
    assert client.get("/readyz").json() == {"status": "ready"}


@pytest.mark.django_db
def test_not_ready_while_a_migration_waits(client):
    [(app, newest)] = MigrationLoader(connection).graph.leaf_nodes("flowstudio")
    MigrationRecorder(connection).record_unapplied(app, newest)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "manage.py migrate" in answer.json()["detail"]


@pytest.mark.django_db
def test_not_ready_without_a_database_and_silent_about_why(client, monkeypatch):
    def refuse(*arguments):
        raise DatabaseError("password authentication failed for user 'studio'")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", refuse)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "studio" not in answer.json()["detail"]
