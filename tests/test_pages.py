"""The pages that Django draws: the studio's shell, sign-in, sign-out, and the headers of all of them."""

import json
import os
import re
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

from flowstudio import attempts
from flowstudio.templatetags import flowstudio_assets

UUID = "01a20bef-974b-7f2f-9029-6a7a4fc0dac9"
SHELLS = ["/", f"/workflows/{UUID}/", "/events/", f"/runs/{UUID}/"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return get_user_model().objects.create_superuser("ann")


@pytest.fixture
def password(user, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, for tests
    user.set_password("correct horse")
    user.save()
    return "correct horse"


@pytest.fixture
def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def built(tmp_path, monkeypatch):
    """A bundle as Vite describes it."""
    manifest = tmp_path / "manifest.json"
    entry = {"file": "assets/main-AbCdEf12.js", "isEntry": True, "css": ["assets/main-AbCdEf12.css"]}
    manifest.write_text(
        json.dumps({"src/main.tsx": entry, "src/pages.css": {"file": "assets/pages-AbCdEf12.css"}})
    )
    monkeypatch.setattr(flowstudio_assets, "manifest_path", lambda: manifest)
    return manifest


@pytest.mark.parametrize("address", SHELLS)
def test_every_page_of_the_studio_is_one_shell(signed_in, built, address):
    page = signed_in.get(address).content.decode()

    assert '<script type="module" crossorigin="" nonce=' in page
    assert 'src="/static/flowstudio/assets/main-AbCdEf12.js"' in page
    assert 'href="/static/flowstudio/assets/main-AbCdEf12.css"' in page


def test_the_shell_tells_the_script_what_it_needs(signed_in, built, user):
    page = signed_in.get("/").content.decode()

    boot = json.loads(re.search(r'id="flowstudio-boot" type="application/json">(.*?)</script>', page)[1])
    assert (boot["base"], boot["api"], boot["live"]) == ("/", "/api/", "/ws/live/")
    assert boot["user"] == {"id": str(user.pk), "name": "ann", "is_superuser": True}
    assert boot["csrf_token"]


def test_a_name_cannot_break_out_of_the_shell(built):
    mean = get_user_model().objects.create_user("</script><script>alert(1)</script>")
    client = Client()
    client.force_login(mean)

    assert "<script>alert" not in client.get("/").content.decode()


def test_the_nonce_of_the_page_is_the_nonce_of_its_policy(signed_in, built):
    answer = signed_in.get("/")

    nonce = re.search(
        r'<meta name="csp-nonce" property="csp-nonce" nonce="([^"]+)">', answer.content.decode()
    )[1]
    policy = answer["Content-Security-Policy"]
    assert f"'nonce-{nonce}'" in policy
    assert "script-src 'self';" in policy + ";"
    assert "unsafe" not in policy
    assert signed_in.get("/")["Content-Security-Policy"] != policy


@pytest.mark.parametrize("address", ["/", "/sign-in/", "/api/me/", "/api/docs/", "/healthz", "/hooks/x/"])
def test_every_address_of_ours_has_our_headers(signed_in, built, address):
    answer = signed_in.get(address)

    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "private" in answer["Cache-Control"]


def test_a_hosts_own_pages_keep_their_policy(signed_in):
    assert "Content-Security-Policy" not in signed_in.get("/admin/")


def test_without_a_bundle_the_page_says_what_to_do(signed_in, monkeypatch):
    monkeypatch.setattr(flowstudio_assets, "manifest_path", lambda: Path("nowhere/manifest.json"))

    answer = signed_in.get("/")

    assert answer.status_code == 503
    assert "make frontend" in answer.content.decode()


def test_a_bundle_built_anew_is_used_without_a_restart(signed_in, built):
    signed_in.get("/")
    built.write_text(built.read_text().replace("AbCdEf12", "Gh345678"))
    os.utime(built, (1, 1))

    assert "main-Gh345678.js" in signed_in.get("/").content.decode()


def test_the_vite_server_is_allowed_where_it_is_used(signed_in, settings):
    settings.FLOWSTUDIO = {**settings.FLOWSTUDIO, "VITE_DEV_SERVER": "http://127.0.0.1:5173"}

    answer = signed_in.get("/")

    assert 'src="http://127.0.0.1:5173/src/main.tsx"' in answer.content.decode()
    assert "ws://127.0.0.1:5173" in answer["Content-Security-Policy"]
    scripts = re.findall(r"<script (?![^>]*json)[^>]*>", answer.content.decode())
    assert all("nonce=" in script for script in scripts)


def test_static_files_of_another_host_are_allowed(signed_in, built, settings):
    settings.STATIC_URL = "https://cdn.example.org/static/"

    assert "script-src 'self' https://cdn.example.org" in signed_in.get("/")["Content-Security-Policy"]


def test_who_is_not_signed_in_comes_back_after_it(client, password, built):
    answer = client.get(f"/workflows/{UUID}/")
    form = {"username": "ann", "password": password, "next": f"/workflows/{UUID}/"}

    assert answer["Location"] == f"/sign-in/?next=/workflows/{UUID}/"
    assert client.post("/sign-in/", form)["Location"] == f"/workflows/{UUID}/"


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_sign_in_leads_nowhere_else(client, password, away):
    form = {"username": "ann", "password": password, "next": away}

    assert client.post("/sign-in/", form)["Location"] == "/"


def test_a_wrong_password_is_said_plainly(client, password, built):
    answer = client.post("/sign-in/", {"username": "ann", "password": "wrong"})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'role="alert"' in page
    assert 'value="ann"' in page
    assert "wrong" not in page


def test_guessing_a_password_is_stopped_for_a_while(client, user, password, built):
    cache.clear()
    for _ in range(attempts.ALLOWED):
        assert client.post("/sign-in/", {"username": "ann", "password": "guess"}).status_code == 200

    blocked = client.post("/sign-in/", {"username": "Ann", "password": password})
    elsewhere = client.post("/sign-in/", {"username": "ann", "password": password}, REMOTE_ADDR="10.0.0.2")
    cache.clear()

    assert (blocked.status_code, blocked["Retry-After"]) == (429, "300")
    assert "Too many attempts" in blocked.content.decode()
    assert elsewhere.status_code == 302


def test_a_right_password_forgives_wrong_ones(client, password, built):
    for _ in range(3):
        for _ in range(attempts.ALLOWED - 1):
            client.post("/sign-in/", {"username": "ann", "password": "guess"})
        assert client.post("/sign-in/", {"username": "ann", "password": password}).status_code == 302
        client.logout()


def test_a_hosts_own_sign_in_page_is_used(client, settings):
    settings.LOGIN_URL = "/accounts/enter/"

    assert client.get("/")["Location"] == "/accounts/enter/?next=/"


def test_a_host_that_names_none_gets_ours(client, settings):
    settings.LOGIN_URL = "/accounts/login/"

    assert client.get("/")["Location"] == "/sign-in/?next=/"


def test_signing_out_is_a_post(signed_in):
    assert signed_in.get("/sign-out/").status_code == 405
    assert signed_in.post("/sign-out/")["Location"] == "/sign-in/"
    assert signed_in.get("/").status_code == 302
