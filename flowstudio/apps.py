"""The Django app: one INSTALLED_APPS entry, one label."""

from django.apps import AppConfig


class FlowStudioConfig(AppConfig):
    name = "flowstudio"
    label = "flowstudio"
    verbose_name = "FlowStudio"
    default_auto_field = "django.db.models.BigAutoField"
