"""Default-deny: every route, operation and role, walked from the URLs and the OpenAPI document."""

import orjson
import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver

from flowstudio.engine.graph import Graph
from flowstudio.models import Event, Role, Run, Sample, Step
from flowstudio.runs import publishing
from flowstudio.tokens import create_token
from tests.api.conftest import ApiClient, document, openapi

pytestmark = pytest.mark.django_db

UUID = "01a20bef-974b-7f2f-9029-6a7a4fc0dac9"
SAMPLES = {
    "workflow_id": UUID, "run_id": UUID, "step_id": UUID, "event_id": UUID, "workflow": UUID, "run": UUID,
    "number": "1", "sample_id": "1", "token_id": "1", "plugin_id": "start", "name": "start.js",
    "uid": "MQ", "token": "x", "path": "hook", "rest": "nothing/",
}  # fmt: skip
OPEN = {
    "sign-in/": "the way in",
    "sign-in/MQ/x/": "the way in by link",
    "sign-out/": "takes a session away, gives nothing",
    "hooks/hook/": "a secret path is the key",
    "hooks/hook": "the same without the slash, for a redirect would lose the body",
    "healthz": "for load balancers",
    "readyz": "for load balancers",
}
METHODS = ("get", "post", "put", "patch", "delete")


def our_addresses():
    found = []

    def walk(patterns, before=""):
        for pattern in patterns:
            here = before + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                found.append(here)
            else:
                walk(pattern.url_patterns, here)

    walk(get_resolver("flowstudio.urls").url_patterns)
    return found


def filled(route):
    for name, value in SAMPLES.items():
        for kind in ("uuid", "int", "str", "path"):
            route = route.replace(f"<{kind}:{name}>", value).replace(f"{{{name}}}", value)
    assert "<" not in route, f"{route}: give SAMPLES a value"
    return route


@pytest.mark.parametrize("route", our_addresses())
def test_nobody_gets_nothing_but_the_way_in(route):
    client, address = Client(), filled(route)
    if address in OPEN:
        return
    for method in METHODS:
        answer = getattr(client, method)(f"/{address}", content_type="application/json")
        if answer.status_code == 302:
            assert answer["Location"].startswith("/sign-in/"), address
        else:
            assert answer.status_code in (401, 405), f"{method} {address}"
            assert answer.status_code == 401 or not address.startswith("api/")


def test_every_route_of_the_api_is_documented_or_part_of_the_document():
    documented = {path.removeprefix("/") for path in openapi()["paths"]}
    undocumented = {
        route.replace("<uuid:", "{").replace("<int:", "{").replace("<str:", "{").replace(">", "}")
        for route in our_addresses()
        if route.startswith("api/")
    } - documented

    assert undocumented == {"api/docs/", "api/docs/{name}", "api/<path:rest}"}


# ── Roles × operations ───────────────────────────────────────────────────────────────────────────

EVERYBODY, BOSS, OWNER = "everybody with a user", "an administrator", "the owner"
NEEDS = {
    "me_read": EVERYBODY,
    "schema_read": EVERYBODY,
    "plugins_list": EVERYBODY,
    "options_list": EVERYBODY,
    "plugins_config_read": BOSS,
    "plugins_config_set": BOSS,
    "workflows_list": EVERYBODY,
    "workflows_create": BOSS,  # or whoever has Django's permission
    "workflows_read": {"view"},
    "workflows_save": {"edit"},
    "workflows_put": {"edit"},
    "workflows_delete": {"edit", "publish"},
    "workflows_check": {"view"},
    "workflows_test": {"run"},
    "workflows_publish": {"publish"},
    "webhooks_listen": {"run"},
    "webhooks_heard": {"run"},
    "webhooks_stop_listening": {"run"},
    "grants_list": {"view"},
    "grants_replace": OWNER,
    "versions_list": {"view"},
    "versions_read": {"view"},
    "versions_restore": {"edit"},
    "events_list": EVERYBODY,
    "events_send": EVERYBODY,
    "events_read": {"view"},
    "runs_list": EVERYBODY,
    "runs_read": {"view"},
    "runs_steps": {"view"},
    "runs_step": {"payloads"},
    "runs_cancel": {"run"},
    "expressions_preview": {"payloads"},
    "samples_list": {"view"},
    "samples_create": {"run"},
    "samples_read": {"view"},
    "samples_replace": {"run"},
    "samples_delete": {"run"},
    "tokens_list": EVERYBODY,
    "tokens_create": EVERYBODY,
    "tokens_revoke": "whose it is",
}


def operations():
    return [
        (operation["operationId"], method, path)
        for path, methods in openapi()["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.fixture
def world(workflow, owner):
    """A published workflow with a webhook, a run with a step, an event and a sample; and their addresses."""
    drawn = document(("n1", "start", {}), ("n2", "webhook", {"path": "p" * 43}), edges=[])
    workflow.graph = Graph.from_document(drawn).to_bytes()
    workflow.save()
    version = publishing.publish(workflow, Graph.from_document(drawn), user=owner)
    event = Event.objects.create(type="t", event_id="1", properties=b"{}")
    run = Run(workflow=workflow, version=version, snapshot=version.snapshot, event=event, start_node="n1")
    run.root = run
    run.save()
    seen = {"input": {"type": "object", "size": 2, "count": 0, "preview": "{}"}, "outputs": {}}
    step = Step.objects.create(
        run=run, seq=1, node="n1", plugin="start", status="running", summary=seen, input=b"{}"
    )
    sample = Sample.objects.create(workflow=workflow, name="s", event_type="t", properties=b"{}")
    return {
        "workflow_id": workflow.pk, "run_id": run.pk, "event_id": event.pk, "step_id": step.pk,
        "sample_id": sample.pk, "number": 1, "plugin_id": "start", "token_id": 0,
        "name": "workflows",
    }  # fmt: skip


def bodies(world):
    sample = {"workflow": str(world["workflow_id"]), "name": "another", "event_type": "t"}
    return {
        "workflows_create": {"name": "New"},
        "workflows_save": {"revision": 1, "name": "New"},
        "workflows_put": {"revision": 1, "name": "New"},
        "workflows_check": {"graph": document()},
        "workflows_test": {"event": {"type": "t"}},
        "webhooks_listen": {"node": "n2"},
        "grants_replace": [],
        "events_send": {"type": "t"},
        "expressions_preview": {
            "kind": "expression",
            "source": "payload",
            "run": str(world["run_id"]),
            "node": "n1",
        },
        "samples_create": sample,
        "samples_replace": sample,
        "tokens_create": {"name": "ci", "scopes": ["read"]},
    }


def queries(world):
    return {
        "samples_list": f"?workflow={world['workflow_id']}",
        "webhooks_heard": "?node=n2",
        "webhooks_stop_listening": "?node=n2",
    }


def call(client, operation, world, **extra):
    name, method, path = operation
    address = path.format(**world) + queries(world).get(name, "")
    return client.generic(method.upper(), address, _encoded(bodies(world).get(name)), **extra)


def _encoded(body):
    return b"" if body is None else orjson.dumps(body)


def expected(name, roles, *, is_boss=False, is_owner=False):
    needs = NEEDS[name]
    if name == "tokens_revoke":
        return {404}
    if needs == EVERYBODY or is_boss or (is_owner and needs not in (BOSS,)):
        return {200, 201, 202, 204}
    if needs == BOSS:
        return {403}
    if not roles:
        return {404}
    if needs == OWNER:
        return {403}
    return {200, 201, 202, 204} if needs <= {*roles, "view"} else {403}


def test_every_operation_says_what_it_needs():
    assert {name for name, _, _ in operations()} == set(NEEDS)


def statuses(client, world, chosen=None, **extra):
    """What every operation answers to a client, each on the world as it was."""
    found = {}
    for operation in chosen or operations():
        with transaction.atomic():
            found[operation[0]] = call(client, operation, world, **extra).status_code
            transaction.set_rollback(True)
    return found


ROLES = [(), *((role,) for role in Role.values), ("edit", "publish"), ("edit", "run")]


@pytest.mark.parametrize("roles", ROLES, ids=lambda roles: "+".join(roles) or "outsider")
def test_each_role_may_what_its_operations_need(roles, world, person_with, client_of):
    found = statuses(client_of(person_with(*roles)), world)

    assert {name: status for name, status in found.items() if status not in expected(name, roles)} == {}


def test_the_owner_and_an_administrator_may_all(world, owner, boss, client_of):
    for user, rights in ((owner, {"is_owner": True}), (boss, {"is_boss": True})):
        found = statuses(client_of(user), world)
        wrong = {name for name, status in found.items() if status not in expected(name, (), **rights)}
        assert wrong == set(), user


def test_nobody_may_nothing(world, client_of):
    assert set(statuses(client_of(), world).values()) == {401}


@pytest.mark.parametrize("scope", ["events", "read", "write"])
def test_each_scope_may_what_it_says(scope, world, boss, client_of):
    _, secret = create_token(boss, scope, [scope])

    found = statuses(client_of(), world, HTTP_AUTHORIZATION=f"Bearer {secret}")

    may = {
        name
        for name, method, _ in operations()
        if not name.startswith("tokens_")
        and (scope == ("read" if method == "get" else "write") or (name, scope) == ("events_send", "events"))
    }
    assert {name for name, status in found.items() if status < 300} == may
    assert {status for name, status in found.items() if name not in may} == {403}


def test_a_session_without_the_csrf_token_changes_nothing(world, boss, client_of):
    unsafe = [operation for operation in operations() if operation[1] != "get"]
    client = client_of(boss, enforce_csrf_checks=True)

    assert set(statuses(client, world, unsafe).values()) == {403}
    assert "CSRF" in call(client, unsafe[0], world).json()["detail"]


@pytest.mark.parametrize("address", ["/sign-in/", "/sign-out/"])
def test_forms_want_the_csrf_token_too(address, boss):
    client = Client(enforce_csrf_checks=True)
    client.force_login(boss)

    assert client.post(address).status_code == 403


def test_the_token_of_the_api_opens_an_unsafe_call(boss):
    client = ApiClient(enforce_csrf_checks=True)
    client.force_login(boss)
    token = client.get("/api/me/").json()["csrf_token"]

    answer = client.post("/api/workflows/", {"name": "Orders"}, headers={"X-CSRFToken": token})

    assert answer.status_code == 201


def test_an_unknown_address_is_a_problem_document(boss, client_of):
    answer = client_of(boss).delete("/api/wrkflows/")

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert "api/wrkflows/" in answer.json()["detail"]


def test_a_method_that_is_not_there_is_a_problem_document(boss, client_of):
    answer = client_of(boss).delete("/api/workflows/")

    assert answer.status_code == 405
    assert answer["Allow"].startswith("GET, POST")
    assert answer["Content-Type"] == "application/problem+json"


def test_a_bug_is_a_problem_document_without_details(boss, monkeypatch, settings):
    def broken(*arguments):
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr("flowstudio.api.workflow_json.rows", broken)
    client = ApiClient(raise_request_exception=False)
    client.force_login(boss)

    answer = client.get("/api/workflows/")

    assert answer.status_code == 500
    assert "hunter2" not in answer.content.decode()
    assert answer["Content-Type"] == "application/problem+json"
