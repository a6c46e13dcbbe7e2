"""Settings: each is documented, a misspelt one is an error, and tests may override them."""

import re
from pathlib import Path

import pytest

from flowstudio.conf import DEFAULTS
from flowstudio.conf import settings as ours

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs/settings.md").read_text()


def test_every_setting_is_documented_and_no_other():
    assert set(re.findall(r"^\| `([A-Z_]+)`", PAGE, re.M)) - environment() == set(DEFAULTS)


def test_every_variable_of_the_environment_is_documented_and_no_other():
    used = re.findall(
        r'environ\.get\(\s*"(FLOWSTUDIO_\w+)"', (ROOT / "flowstudio/site/settings.py").read_text()
    )

    assert environment() == set(used)


def environment():
    return set(re.findall(r"^\| `(FLOWSTUDIO_\w+)`", PAGE, re.M))


def test_a_host_overrides_a_setting(settings):
    settings.FLOWSTUDIO = {"MAX_STEPS": 7}

    assert ours.MAX_STEPS == 7
    assert ours.MAX_CLAIMS == 5


def test_a_name_that_is_none_is_an_error():
    with pytest.raises(AttributeError, match="MAX_STEP"):
        _ = ours.MAX_STEP
