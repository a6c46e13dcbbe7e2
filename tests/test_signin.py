"""One-time links: they sign in once, and nobody else."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from flowstudio import signin

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return get_user_model().objects.create_user("ann")


def test_a_link_signs_in_and_leads_to_the_studio(client, user):
    answer = client.get(signin.link_for(user))

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_link_works_once(client, user):
    link = signin.link_for(user)
    client.get(link)
    client.logout()

    again = client.get(link)

    assert again.status_code == 410
    assert "manage.py signin USERNAME" in again.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_link_made_before_a_sign_in_dies_with_it(client, user):
    first, second = signin.link_for(user), signin.link_for(user)
    client.get(second)
    client.logout()

    assert client.get(first).status_code == 410


def test_a_link_does_not_open_another_account(client, user):
    other = get_user_model().objects.create_user("bob")
    token = signin.link_for(user).split("/")[-2]
    uid = signin.link_for(other).split("/")[-3]

    assert client.get(f"/sign-in/{uid}/{token}/").status_code == 410


@pytest.mark.parametrize("uid", ["MQ", "x", "_", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "w6k", "AA"])
def test_a_made_up_link_is_refused(client, user, uid):
    assert client.get(f"/sign-in/{uid}/abc-def/").status_code == 410


def test_a_link_grows_too_old(client, user, monkeypatch):
    link = signin.link_for(user)
    later = datetime.now() + timedelta(days=4)
    monkeypatch.setattr(signin.tokens, "_now", lambda: later)

    assert client.get(link).status_code == 410


def test_a_link_of_somebody_inactive_is_refused(client, user):
    link = signin.link_for(user)
    type(user).objects.update(is_active=False)

    assert client.get(link).status_code == 410


def test_a_new_installation_gets_an_administrator_without_a_password(client):
    link = signin.first_link("http://127.0.0.1:8000/")

    assert link.startswith("http://127.0.0.1:8000/sign-in/")
    user = get_user_model().objects.get()
    assert (user.is_superuser, user.is_staff, user.has_usable_password()) == (True, True, False)
    assert client.get(link.removeprefix("http://127.0.0.1:8000")).status_code == 302


def test_the_first_user_is_made_once(client):
    signin.first_link()
    signin.first_link()

    assert get_user_model().objects.count() == 1


def test_no_link_is_printed_once_somebody_has_a_password(user, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, for tests
    user.set_password("correct horse")
    user.save()

    assert signin.first_link() is None


def test_the_command_prints_a_link(client, user, capsys):
    call_command("signin", "ann", "--origin", "https://example.org")
    link = capsys.readouterr().out.strip()

    assert link.startswith("https://example.org/sign-in/")
    assert client.get(link.removeprefix("https://example.org")).status_code == 302


def test_the_command_knows_its_users_and_makes_one_when_asked(capsys):
    with pytest.raises(CommandError, match="--create-administrator"):
        call_command("signin", "root")

    call_command("signin", "root", "--create-administrator")

    assert get_user_model().objects.get(username="root").is_superuser


def test_the_command_refuses_somebody_inactive(user):
    type(user).objects.update(is_active=False)

    with pytest.raises(CommandError, match="not active"):
        call_command("signin", "ann")
