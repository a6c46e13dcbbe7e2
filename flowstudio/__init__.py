"""FlowStudio: a visual flow editor with an embedded runner, for Django."""

__version__ = "0.1.0"
