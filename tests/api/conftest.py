"""A client whose every answer is held to the OpenAPI document, and people with one role each."""

import re
from functools import cache

import jsonschema
import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import resolve

from flowstudio.api import docs
from flowstudio.engine.graph import Graph
from flowstudio.models import Role, Workflow, WorkflowGrant


@cache
def openapi():
    return docs.document()


def operation_of(method, path):
    """The documented operation behind an address, or None where the address is not of the API."""
    route = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", resolve(path).route)
    return openapi()["paths"].get(route, {}).get(method.lower())


class ApiClient(Client):
    """Sends and expects JSON. An answer that the OpenAPI document does not describe fails the test."""

    def request(self, **environ):
        response = super().request(**environ)
        operation = operation_of(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        if operation is not None and not response.streaming:
            _hold_to(operation, response)
        return response

    def generic(self, method, path, data="", content_type="application/json", **extra):
        return super().generic(method, path, data, content_type, **extra)

    def post(self, path, data=None, content_type="application/json", **extra):
        return super().post(path, {} if data is None else data, content_type, **extra)

    def put(self, path, data=None, content_type="application/json", **extra):
        return super().put(path, {} if data is None else data, content_type, **extra)

    def patch(self, path, data=None, content_type="application/json", **extra):
        return super().patch(path, {} if data is None else data, content_type, **extra)


def _hold_to(operation, response):
    described = operation["responses"].get(str(response.status_code))
    if described is None:
        assert response.status_code in (405, 500), f"{response.status_code} of {operation['operationId']}"
        return
    content = described.get("content")
    if content is None:
        assert response.content == b""
        return
    media_type = response["Content-Type"].partition(";")[0]
    assert media_type in content, f"{media_type} is not described"
    schema = {**content[media_type]["schema"], "components": openapi()["components"]}
    jsonschema.Draft202012Validator(schema).validate(response.json())


@pytest.fixture
def client_of():
    """A client signed in as somebody, or as nobody."""

    def make(user=None, **options):
        client = ApiClient(**options)
        if user is not None:
            client.force_login(user)
        return client

    return make


@pytest.fixture
def boss(db):
    return get_user_model().objects.create_superuser("boss")


@pytest.fixture
def owner(db):
    return get_user_model().objects.create_user("owner")


@pytest.fixture
def outsider(db):
    return get_user_model().objects.create_user("outsider")


@pytest.fixture
def workflow(owner):
    """A workflow of the owner, its draft: Start → Log."""
    return Workflow.objects.create(
        name="Orders", owner=owner, graph=Graph.from_document(document()).to_bytes()
    )


@pytest.fixture
def person_with(workflow):
    """Somebody whose group has just these roles on the workflow."""

    def make(*roles):
        name = "-".join(roles) or "stranger"
        user = get_user_model().objects.create_user(name)
        group = Group.objects.create(name=f"group {name}")
        user.groups.add(group)
        for role in roles:
            WorkflowGrant.objects.create(workflow=workflow, group=group, role=Role(role))
        return user

    return make


def document(*nodes, edges=None):
    """A graph document of ``(id, plugin, config)`` and ``"a.port > b"`` in short; by default Start → Log.

    Two nodes are connected unless ``edges`` says otherwise.
    """
    nodes = nodes or (("n1", "start", {}), ("n2", "log", {"message": "hello"}))
    if edges is None:
        edges = ["n1.payload > n2"] if len(nodes) == 2 else []
    return {
        "format": "flowstudio/1",
        "nodes": [
            {"id": key, "plugin": plugin, "name": key, "position": [0, 200 * index], "config": config}
            for index, (key, plugin, config) in enumerate(nodes)
        ],
        "edges": [_edge(index, text) for index, text in enumerate(edges)],
    }


def _edge(index, text):
    source, _, target = text.partition(" > ")
    node, _, port = source.partition(".")
    return {
        "id": f"e{index}",
        "source": node,
        "source_port": port,
        "target": target,
        "target_port": "payload",
    }


@pytest.fixture(name="document")
def _document():
    return document
