"""Template tags that bring in the built front end: `{% studio_script %}`, `{% studio_style %}`."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from django import template
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.files.storage import storages
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django_vite.core.asset_loader import DjangoViteAppClient, DjangoViteConfig
from django_vite.core.exceptions import DjangoViteAssetNotFoundError

from flowstudio.conf import settings

register = template.Library()

PACKAGE: Final = Path(__file__).resolve().parent.parent
SCRIPT: Final = "src/main.tsx"
STYLE: Final = "src/pages.css"


class Bundle(DjangoViteAppClient):
    """django-vite without its settings and its INSTALLED_APPS entry: a host has neither."""

    def get_dev_server_url(self, path: str) -> str:
        return f"{settings.VITE_DEV_SERVER}/{path}"

    def get_production_server_url(self, path: str) -> str:
        """Vite's names are hashes already; a host's hashing storage must not hash them again."""
        name = f"flowstudio/{path}"
        storage: Any = storages["staticfiles"]
        plain: Any = super(HashedFilesMixin, storage) if isinstance(storage, HashedFilesMixin) else storage
        url: str = plain.url(name)
        return url


def bundle() -> Bundle:
    manifest = manifest_path()
    if settings.VITE_DEV_SERVER:
        return Bundle(DjangoViteConfig(dev_mode=True, manifest_path=manifest))
    return _built(manifest, manifest.stat().st_mtime_ns if manifest.exists() else 0)


@cache
def _built(manifest: Path, changed: int) -> Bundle:
    """``changed`` is part of the key: a bundle built anew is used without a restart."""
    return Bundle(DjangoViteConfig(manifest_path=manifest))


def manifest_path() -> Path:
    """In a wheel the bundle lies inside the package, in a checkout beside it."""
    inside = PACKAGE / "static/flowstudio/manifest.json"
    return inside if inside.exists() else PACKAGE.parent / "static/flowstudio/manifest.json"


def is_built() -> bool:
    try:
        bundle().manifest.get(SCRIPT)
    except DjangoViteAssetNotFoundError:
        return bool(settings.VITE_DEV_SERVER)
    return True


@register.simple_tag(takes_context=True)
def studio_script(context: template.Context) -> SafeString:
    """The entry of the studio with its styles and preloads."""
    nonce = _nonce(context)
    tags = bundle().generate_vite_asset(SCRIPT, nonce=nonce)
    if settings.VITE_DEV_SERVER:
        tags = _dev_client(nonce) + tags
    return mark_safe(tags)  # made of our own manifest's names


@register.simple_tag(takes_context=True)
def studio_style(context: template.Context) -> SafeString:
    """The stylesheet of the pages drawn by Django; nothing while there is no bundle."""
    try:
        url = bundle().generate_vite_asset_url(STYLE)
    except DjangoViteAssetNotFoundError:
        return mark_safe("")
    return format_html('<link rel="stylesheet" href="{}" nonce="{}">', url, _nonce(context))


def _nonce(context: template.Context) -> str:
    request: Any = context["request"]
    return str(request.csp_nonce)


def _dev_client(nonce: str) -> str:
    """Vite's client and React's refresh, which must come before the entry."""
    server = settings.VITE_DEV_SERVER
    return format_html(
        '<script type="module" nonce="{nonce}" src="{server}/@vite/client"></script>'
        '<script type="module" nonce="{nonce}">'
        'import {{ injectIntoGlobalHook }} from "{server}/@react-refresh";'
        "injectIntoGlobalHook(window);"
        "window.$RefreshReg$ = () => {{}};"
        "window.$RefreshSig$ = () => (type) => type;"
        "</script>",
        nonce=nonce,
        server=server,
    )
