"""The documents say what is there: links lead somewhere, named files exist, words are the code's words."""

import re

import pytest
from django.core.management import get_commands

from flowstudio import models
from tests.needs import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_links_lead_to_files(file):
    text = file.read_text()
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text) + re.findall(r'src(?:set)?="([^"]+)"', text)

    missing = [link for link in links if not (file.parent / link).exists()]

    assert not missing


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_modules_that_a_page_names_exist(file):
    named = re.findall(
        r"`((?:flowstudio/|runs/|engine/|live/|api/|site/|tests/)[\w/]+\.py)`", file.read_text()
    )

    missing = [
        name for name in named if not (ROOT / name).exists() and not (ROOT / "flowstudio" / name).exists()
    ]

    assert not missing


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.name)
def test_commands_that_a_page_names_exist(file):
    text = file.read_text()
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.M))

    assert set(re.findall(r"`make ([a-z0-9-]+)`", text)) <= targets
    assert set(re.findall(r"manage\.py ([a-z]\w+)", text)) <= set(get_commands())


def test_the_glossary_has_every_status_and_reason():
    glossary = (ROOT / "docs/glossary.md").read_text()

    for value in [*models.Status.values, *models.Reason.values, *models.Recording.values]:
        assert f"`{value}`" in glossary, value


def test_every_part_of_the_tree_is_in_the_architecture():
    drawn = (ROOT / "docs/architecture.md").read_text()
    folders = [path.name for path in (ROOT / "flowstudio").iterdir() if (path / "__init__.py").exists()]

    missing = [
        name
        for name in folders
        if f"{name}/" not in drawn and name not in ("migrations", "management", "templatetags")
    ]

    assert not missing
