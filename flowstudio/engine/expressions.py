"""Conditions, templates and reshaping in a node's config: the one module that knows MiniJinja."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import minijinja

from flowstudio.engine.errors import ExpressionError
from flowstudio.engine.values import JSON

_captured: list[Any] = []


def _capture(value: Any) -> str:
    _captured.append(value)
    return ""


_ENVIRONMENT = minijinja.Environment(
    undefined_behavior="strict", pycompat=False, fuel=50_000, filters={"capture": _capture}
)
_ENVIRONMENT.remove_global("debug")


class Compiled(Protocol):
    """Something that was typed into a field and gives a value in every run."""

    names: frozenset[str]

    def evaluate(self, scope: Mapping[str, JSON]) -> JSON: ...


class _Expression:
    def __init__(self, text: str) -> None:
        self.names: frozenset[str] = frozenset()
        self.source = "{{ (" + text + ")|capture }}"
        try:
            _ENVIRONMENT.undeclared_variables_in_str(self.source)
        except minijinja.TemplateError as error:
            raise ExpressionError(error.detail or error.message, line=error.line) from None

    def evaluate(self, scope: Mapping[str, JSON]) -> JSON:
        try:
            _ENVIRONMENT.render_str(self.source, **scope, node=lambda name: scope["nodes"][name])
        except minijinja.TemplateError as error:
            raise ExpressionError(error.detail or error.message, line=error.line) from None
        return _captured.pop()


class _Template:
    def __init__(self, text: str) -> None:
        self.names: frozenset[str] = frozenset()
        self.source = text

    def evaluate(self, scope: Mapping[str, JSON]) -> JSON:
        try:
            return _ENVIRONMENT.render_str(self.source, **scope)
        except minijinja.TemplateError as error:
            raise ExpressionError(error.detail or error.message, line=error.line) from None


class _Data:
    def __init__(self, value: JSON) -> None:
        self.names: frozenset[str] = frozenset()
        self.value = value

    def evaluate(self, scope: Mapping[str, JSON]) -> JSON:
        return _fill(self.value, scope)


def _fill(value: JSON, scope: Mapping[str, JSON]) -> JSON:
    if isinstance(value, dict):
        return {key: _fill(item, scope) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, scope) for item in value]
    if isinstance(value, str) and "{{" in value:
        inner = value.strip()
        if inner.startswith("{{") and inner.endswith("}}") and inner.count("{{") == 1:
            return _Expression(inner[2:-2]).evaluate(scope)
        return _Template(value).evaluate(scope)
    return value


def compile_expression(text: str) -> Compiled:
    return _Expression(text)


def compile_template(text: str) -> Compiled:
    return _Template(text)


def compile_data(value: JSON) -> Compiled:
    return _Data(value)
