"""Sets Django up on a database of its own in the folder that FLOWSTUDIO_DATA names: import it first."""

import os

import django
from django.core.management import call_command

os.environ["DJANGO_SETTINGS_MODULE"] = "flowstudio.site.settings"
assert "FLOWSTUDIO_DATA" in os.environ, "The bench never touches the studio's own data."
django.setup()
call_command("migrate", verbosity=0)
