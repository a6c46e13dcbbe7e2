"""The URLs a host includes under any path: pages, API, webhooks."""

app_name = "flowstudio"
urlpatterns: list = []
