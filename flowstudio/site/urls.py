"""URLs of the standalone studio."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("flowstudio.urls")),
]
