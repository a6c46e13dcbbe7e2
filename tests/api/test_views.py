"""What all our views share: a host's defaults do not reach them."""

import pytest
from rest_framework.views import APIView

from flowstudio.api import urls
from flowstudio.api.views import ApiView

# What APIView reads from the host's settings when it is imported
POLICIES = [name for name in vars(APIView) if name.endswith(("_classes", "_class")) or name == "schema"]


def views():
    return [pattern.callback for pattern in urls.urlpatterns]


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_is_our_own(policy):
    assert policy in vars(ApiView)


def test_every_view_is_built_on_ours():
    assert all(issubclass(view.cls, ApiView) for view in views())


def test_no_view_opens_what_is_closed_by_default():
    for view in views():
        assert view.cls.permission_classes is ApiView.permission_classes
        assert view.cls.authentication_classes is ApiView.authentication_classes


def test_no_view_runs_inside_a_hosts_transaction():
    """With ATOMIC_REQUESTS on SQLite, the writer thread would wait for the request's own lock."""
    assert all("default" in view._non_atomic_requests for view in views())
