"""Static files: Django hashes what is ours, leaves what Vite has hashed, and needs no `collectstatic`."""

import pytest
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.management import call_command

from flowstudio.staticfiles import Storage, is_immutable


@pytest.fixture
def collected(tmp_path, settings):
    """A source folder with a bundle and a file of our own, collected."""
    source, target = tmp_path / "source", tmp_path / "target"
    for name, text in {
        "flowstudio/assets/main-AbCdEf12.js": 'import "./part-Gh345678.js";',
        "flowstudio/assets/part-Gh345678.js": "export {};",
        "img/logo.svg": "<svg/>",
    }.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text)
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [source], target
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    call_command("collectstatic", verbosity=0, interactive=False)
    return Storage(target)


def test_vites_names_are_left_and_ours_are_hashed(collected):
    assert collected.url("flowstudio/assets/main-AbCdEf12.js") == "/static/flowstudio/assets/main-AbCdEf12.js"
    assert collected.url("img/logo.svg").startswith("/static/img/logo.")
    assert collected.url("img/logo.svg") != "/static/img/logo.svg"


def test_a_bundles_files_are_there_under_one_name(collected):
    names = StaticFilesStorage(collected.location).listdir("flowstudio/assets")[1]

    assert {name.removesuffix(".gz").removesuffix(".br") for name in names} == {
        "main-AbCdEf12.js",
        "part-Gh345678.js",
    }


def test_before_collectstatic_every_file_has_its_own_name(tmp_path):
    assert Storage(tmp_path).url("admin/css/base.css") == "/static/admin/css/base.css"


@pytest.mark.parametrize(
    ("url", "immutable"),
    [
        ("/static/flowstudio/assets/main-AbCdEf12.js", True),
        ("/static/flowstudio/assets/inter-latin-wght-normal-C2S99t-D.woff2", True),
        ("/static/img/logo.55e7cbb9ba48.svg", True),
        ("/static/flowstudio/manifest.json", False),
        ("/static/img/logo.svg", False),
    ],
)
def test_what_a_browser_may_keep_for_ever(url, immutable):
    assert is_immutable("", url) is immutable


@pytest.mark.django_db
def test_the_admin_has_its_styles_without_collectstatic(client):
    page = client.get("/admin/login/").content.decode()

    assert "/static/admin/css/base.css" in page
    assert b"body" in client.get("/static/admin/css/base.css").getvalue()
