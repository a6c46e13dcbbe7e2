"""FlowStudio: a visual flow editor with an embedded runner, for Django."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowstudio.runs.events import emit

__version__ = "0.1.0"
__all__ = ["__version__", "emit"]


def __getattr__(name: str) -> Any:
    """``flowstudio.emit``, found when first used: models cannot be imported before Django is set up."""
    if name == "emit":
        from flowstudio.runs.events import emit

        return emit
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
