"""The URLs a host includes under any path: pages, API, webhooks. All of them with our headers."""

from django.urls import include, path

from flowstudio import pages
from flowstudio.api import health, hooks
from flowstudio.security import guard

app_name = "flowstudio"
urlpatterns = guard(
    [
        path("", pages.studio, name="workflows"),
        path("workflows/<uuid:workflow>/", pages.studio, name="workflow"),
        path("events/", pages.studio, name="events"),
        path("runs/<uuid:run>/", pages.studio, name="run"),
        path("sign-in/", pages.sign_in, name="sign-in"),
        path("sign-in/<str:uid>/<str:token>/", pages.sign_in_by_link, name="sign-in-link"),
        path("sign-out/", pages.sign_out, name="sign-out"),
        path("api/", include("flowstudio.api.urls")),
        path("hooks/<path:path>/", hooks.webhook, name="webhook"),
        path("hooks/<path:path>", hooks.webhook),  # a redirect to the slash would lose the body
        path("healthz", health.healthz, name="healthz"),
        path("readyz", health.readyz, name="readyz"),
    ]
)
