"""The OpenAPI document: complete, without warnings, and shown by a page of our own files."""

import json
from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from flowstudio.api import docs
from flowstudio.management.commands import openapi


def operations(document):
    return [operation for methods in document["paths"].values() for operation in methods.values()]


def test_the_document_is_valid_and_was_made_without_a_warning():
    GENERATOR_STATS.reset()

    document = docs.document()

    validate_schema(document)
    assert not GENERATOR_STATS, GENERATOR_STATS.emit_summary()


def test_every_operation_is_described_whole():
    found = operations(docs.document())

    ids = Counter(operation["operationId"] for operation in found)
    assert max(ids.values()) == 1
    for operation in found:
        assert operation["summary"], operation["operationId"]
        assert {"401", "403"} <= set(operation["responses"]), operation["operationId"]
        for status, answer in operation["responses"].items():
            assert status == "204" or answer["content"], f"{operation['operationId']} {status}"
            if int(status) >= 400:
                assert set(answer["content"]) == {"application/problem+json"}


def test_no_component_has_a_made_up_name():
    made_up = [
        name
        for name in docs.document()["components"]["schemas"]
        if name[-4:-1] == "Enu" and name[0].islower()
    ]

    assert not made_up


def test_the_document_knows_where_it_is_served():
    assert docs.document("/automation/")["servers"] == [{"url": "/automation"}]
    assert docs.document("/")["servers"] == [{"url": "/"}]


def test_the_front_ends_document_is_the_apis():
    call_command("openapi", "--check")

    assert json.loads(openapi.FILE.read_text()) == docs.document()


def test_a_document_that_is_not_the_apis_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(openapi, "FILE", tmp_path / "openapi.json")

    with pytest.raises(CommandError, match="differs from the API"):
        call_command("openapi", "--check")
    call_command("openapi")
    call_command("openapi", "--check")


@pytest.mark.django_db
def test_the_page_and_all_it_loads_are_ours(owner, client_of):
    client = client_of(owner)

    page = client.get("/api/docs/")

    assert page["Content-Type"].startswith("text/html")
    assert "<script>" not in page.content.decode()
    for name, kind in (
        ("swagger-ui.css", "text/css"),
        ("swagger-ui-bundle.js", "text/javascript"),
        ("start.js", "text/javascript"),
    ):
        assert f'"/api/docs/{name}"' in page.content.decode()
        file = client.get(f"/api/docs/{name}")
        assert (file.status_code, file["Content-Type"]) == (200, kind)
        assert file.getvalue()


@pytest.mark.parametrize("name", ["..%2Fsettings.py", "swagger-ui.css.map", "nothing"])
@pytest.mark.django_db
def test_the_page_serves_nothing_else(owner, client_of, name):
    assert client_of(owner).get(f"/api/docs/{name}").status_code == 404
