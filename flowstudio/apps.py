"""The Django app: one INSTALLED_APPS entry, one label."""

from django.apps import AppConfig

from flowstudio import checks


class FlowStudioConfig(AppConfig):
    name = "flowstudio"
    label = "flowstudio"
    verbose_name = "FlowStudio"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        checks.register_all()
