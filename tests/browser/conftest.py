"""A real Chromium, signed in to a real studio process. Problems of the page fail the test that saw them."""

import shutil

import pytest

from tests.browser.editor import Editor
from tests.browser.wire import Wire
from tests.client import Client
from tests.conftest import Studio
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


@pytest.fixture(scope="module")
def studio_server(_prepared_data, tmp_path_factory):
    """One running studio with its three examples for the tests of a module."""
    data = tmp_path_factory.mktemp("data") / "studio"
    shutil.copytree(_prepared_data, data)
    studio = Studio(data).start()
    studio.port = int(studio.url.split(":")[2].split("/")[0])  # where it comes back when it is started again
    yield studio
    studio.stop()


@pytest.fixture(scope="module")
def wire(studio_server):
    """What the browser reaches the studio by, and what tests cut."""
    with Wire(studio_server.port) as wire:
        yield wire


@pytest.fixture(scope="module")
def session(studio_server):
    """The cookies of the one who used the printed link, which works once."""
    return []


@pytest.fixture(scope="module")
def client(studio_server):
    """Somebody else, who uses the studio by its API."""
    return Client(studio_server.url, studio_server.manage("token", "admin").split()[-1])


@pytest.fixture
def complaints():
    """What the browser's console and the Content Security Policy complained of."""
    return []


def listen(page, complaints):
    """Collect what the browser complains of, and where."""
    page.on("pageerror", lambda error: complaints.append(f"uncaught: {error}"))
    page.on("console", lambda message: message.type == "error" and complaints.append(_told(message)))


def _told(message):
    return "{} ({url}:{lineNumber}:{columnNumber})".format(message.text, **message.location)


@pytest.fixture
def studio_page(page, studio_server, session, complaints):
    """The workflow list of a studio with its three examples, entered by the printed link."""
    listen(page, complaints)
    page.context.add_cookies(session)
    page.goto(studio_server.url if session else studio_server.sign_in_link)
    session[:] = page.context.cookies()
    yield page
    assert complaints == []


@pytest.fixture
def expect_lost_network(complaints):
    """For tests that cut the network: what the browser says of requests that failed is no complaint."""
    yield
    complaints[:] = besides_lost_network(complaints)


def besides_lost_network(complaints):
    failures = ("Failed to load resource: net::ERR_", "WebSocket connection to ")
    return [text for text in complaints if not text.startswith(failures)]


@pytest.fixture
def editor(studio_page):
    """The editor, once a workflow is opened in it."""
    return Editor(studio_page)
