"""The ASGI application of the standalone studio."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowstudio.site.settings")
django_app = get_asgi_application()

from flowstudio.asgi import wrap  # noqa: E402  models are imported once Django is set up

application = wrap(django_app)
