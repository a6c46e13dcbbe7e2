"""API tokens: the secret is shown once, kept as a hash, scoped, and dead when it says so."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from flowstudio.models import ApiToken
from flowstudio.tokens import create_token, find_token
from tests.api.conftest import ApiClient

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def bearer(secret):
    return {"headers": {"Authorization": f"Bearer {secret}"}}


def test_the_secret_is_shown_once_and_not_kept(owner, client_of):
    client = client_of(owner)

    made = client.post("/api/tokens/", {"name": "ci", "scopes": ["read"]}).json()

    (listed,) = client.get("/api/tokens/").json()["results"]
    token = ApiToken.objects.get()
    assert made["token"] not in str(token.__dict__)
    assert "token" not in listed
    assert listed["prefix"] == made["token"][:8]
    assert ApiClient().get("/api/me/", **bearer(made["token"])).json()["name"] == "owner"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_is_written_in_any_case(owner, scheme):
    _, secret = create_token(owner, "ci", ["read"])

    assert ApiClient().get("/api/me/", headers={"Authorization": f"{scheme} {secret}"}).status_code == 200


def test_a_dead_token_opens_nothing(owner, outsider):
    _, expired = create_token(owner, "old", ["read"], timezone.now() - HOUR)
    revoked, secret = create_token(owner, "lost", ["read"])
    ApiToken.objects.filter(pk=revoked.pk).update(revoked=timezone.now())
    _, of_inactive = create_token(outsider, "gone", ["read"])
    type(outsider).objects.filter(pk=outsider.pk).update(is_active=False)

    for dead in (expired, secret, of_inactive, "fs_unknown", ""):
        answer = ApiClient().get("/api/me/", **bearer(dead))
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"


def test_a_bad_token_is_not_made_up_for_by_a_session(owner, client_of):
    assert client_of(owner).get("/api/me/", **bearer("fs_unknown")).status_code == 401


def test_a_token_needs_no_csrf_token(boss):
    _, secret = create_token(boss, "ci", ["write"])
    client = ApiClient(enforce_csrf_checks=True)

    assert client.post("/api/workflows/", {"name": "Orders"}, **bearer(secret)).status_code == 201


def test_a_token_cannot_make_tokens(owner):
    _, secret = create_token(owner, "ci", ["events", "read", "write"])

    answer = ApiClient().post("/api/tokens/", {"name": "more", "scopes": ["write"]}, **bearer(secret))

    assert answer.status_code == 403
    assert "sign in" in answer.json()["detail"]


def test_a_revoked_token_is_gone_at_once(owner, client_of):
    client = client_of(owner)
    made = client.post("/api/tokens/", {"name": "ci", "scopes": ["read"]}).json()

    assert client.delete(f"/api/tokens/{made['id']}/").status_code == 204
    assert client.get("/api/tokens/").json()["results"] == []
    assert ApiClient().get("/api/me/", **bearer(made["token"])).status_code == 401
    assert client.delete(f"/api/tokens/{made['id']}/").status_code == 404


def test_somebody_elses_token_is_not_there(owner, outsider, client_of):
    token, _ = create_token(owner, "ci", ["read"])
    client = client_of(outsider)

    assert client.get("/api/tokens/").json()["results"] == []
    assert client.delete(f"/api/tokens/{token.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"name": "ci", "scopes": []}, ["scopes"]),
        ({"name": "ci", "scopes": ["all"]}, ["scopes", 0]),
        ({"name": "", "scopes": ["read"]}, ["name"]),
        ({"name": "ci", "scopes": ["read"], "expires": "2020-01-01T00:00:00Z"}, ["expires"]),
    ],
)
def test_a_wrong_token_says_where(owner, client_of, body, place):
    answer = client_of(owner).post("/api/tokens/", body)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"][:1] == place[:1]


def test_the_last_use_is_written_once_a_minute(owner, django_assert_num_queries):
    _, secret = create_token(owner, "ci", ["read"])

    find_token(secret)
    first = ApiToken.objects.get().last_used
    with django_assert_num_queries(1):
        find_token(secret)
    ApiToken.objects.update(last_used=first - HOUR)
    find_token(secret)

    assert ApiToken.objects.get().last_used >= first


def test_the_command_prints_a_secret_that_works(owner, capsys):
    call_command("token", "owner", "--name", "cron", "--scopes", "read", "--days", "7")
    secret = capsys.readouterr().out.strip()

    token = find_token(secret)
    assert (token.name, token.scopes) == ("cron", ["read"])
    assert timedelta(days=6) < token.expires - timezone.now() <= timedelta(days=7)


def test_the_command_knows_its_users(db):
    with pytest.raises(CommandError, match="no user 'nobody'"):
        call_command("token", "nobody")
