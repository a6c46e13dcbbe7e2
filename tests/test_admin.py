"""The admin: every model is there, values are shown as text, and no secret is."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.urls import reverse

from flowstudio import models
from flowstudio.admin import SHOWN_CHARACTERS, pretty
from flowstudio.engine import values
from flowstudio.engine.graph import Graph, empty_document
from flowstudio.tokens import create_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return get_user_model().objects.create_superuser("boss")


@pytest.fixture
def rows(boss):
    """One row of every model."""
    graph = Graph.from_document(empty_document())
    snapshot = models.Snapshot.objects.create(hash=graph.hash, graph=graph.to_bytes())
    workflow = models.Workflow.objects.create(name="Orders", graph=graph.to_bytes(), owner=boss)
    version = models.Version.objects.create(workflow=workflow, number=1, snapshot=snapshot)
    event = models.Event.objects.create(type="t", event_id="1", properties=values.dumps({"<b>": "\x00"}))
    run = models.Run(workflow=workflow, snapshot=snapshot, event=event, start_node="n1")
    run.root = run
    run.save()
    token, _ = create_token(boss, "ci", ["read"])
    return [
        snapshot,
        workflow,
        version,
        event,
        run,
        token,
        models.Step.objects.create(run=run, seq=1, node="n1", plugin="start", status="running"),
        models.JournalEntry.objects.create(run=run, node="n1", outcome="succeeded", value=b'{"a":"secret"}'),
        models.StoredValue.objects.create(workflow=workflow, scope="node:n1", key="k", value=b"{}"),
        models.Sample.objects.create(workflow=workflow, name="s", event_type="t", properties=b"{}"),
        models.PluginConfig.objects.create(plugin="start"),
        models.WebhookPath.objects.create(hash="abc", version=version, node="n1"),
        models.WebhookListener.objects.create(
            workflow=workflow, node="n1", hash="abc", user=boss, graph=b"{}", expires=workflow.created
        ),
    ]


def page(client, boss, row):
    client.force_login(boss)
    name = row._meta.model_name
    return client.get(reverse(f"admin:flowstudio_{name}_change", args=[row.pk]))


def test_every_model_is_in_the_admin():
    missing = {
        model for model in apps.get_app_config("flowstudio").get_models() if model not in admin.site._registry
    }

    assert missing == {models.WorkflowGrant}  # stands inside its workflow


def test_every_row_opens_and_every_list(client, boss, rows):
    assert {type(row) for row in rows} >= set(apps.get_app_config("flowstudio").get_models()) - {
        models.WorkflowGrant
    }
    for row in rows:
        assert page(client, boss, row).status_code == 200, row
        listed = client.get(reverse(f"admin:flowstudio_{row._meta.model_name}_changelist"))
        assert listed.status_code == 200, row


def test_values_are_shown_as_escaped_text(client, boss, rows):
    event = next(row for row in rows if isinstance(row, models.Event))

    shown = page(client, boss, event).content.decode()

    assert "&lt;b&gt;" in shown
    assert "\\u0000" in shown
    assert "<b>" not in shown


def test_a_large_value_is_cut_and_says_so():
    shown = pretty("x" * (SHOWN_CHARACTERS + 100))

    assert len(shown) < SHOWN_CHARACTERS + 200
    assert "characters more" in shown


def test_no_token_shows_its_hash_and_no_journal_its_values(client, boss, rows):
    token = next(row for row in rows if isinstance(row, models.ApiToken))
    entry = next(row for row in rows if isinstance(row, models.JournalEntry))

    assert token.hash not in page(client, boss, token).content.decode()
    assert "secret" not in page(client, boss, entry).content.decode()


def test_runs_cannot_be_changed_by_hand(client, boss, rows):
    run = next(row for row in rows if isinstance(row, models.Run))
    client.force_login(boss)

    answer = client.post(reverse("admin:flowstudio_run_change", args=[run.pk]), {"status": "succeeded"})

    assert answer.status_code == 403


def test_a_workflow_is_renamed_and_its_graph_left_alone(client, boss, rows):
    workflow = next(row for row in rows if isinstance(row, models.Workflow))
    client.force_login(boss)
    form = {
        "name": "Invoices",
        "description": "",
        "owner": boss.pk,
        "workflowgrant_set-TOTAL_FORMS": 0,
        "workflowgrant_set-INITIAL_FORMS": 0,
    }

    answer = client.post(reverse("admin:flowstudio_workflow_change", args=[workflow.pk]), form)

    assert answer.status_code == 302
    changed = models.Workflow.objects.get(pk=workflow.pk)
    assert (changed.name, bytes(changed.graph)) == ("Invoices", bytes(workflow.graph))
