"""A real Chromium, signed in to a real studio process. Problems of the page fail the test that saw them."""

import pytest

from tests.needs import chromium

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": chromium(), "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}


@pytest.fixture
def complaints():
    """What the browser's console and the Content Security Policy complained of."""
    return []


@pytest.fixture
def studio_page(page, studio_server, complaints):
    """The workflow list of a fresh studio with its three examples, entered by the printed link."""
    page.on("pageerror", lambda error: complaints.append(f"uncaught: {error}"))
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.goto(studio_server.sign_in_link)
    yield page
    assert complaints == []
