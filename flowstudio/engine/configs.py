"""The config of a node, compiled once: literals validated by pydantic, the rest evaluated in every run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any, Final, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from flowstudio.engine import expressions
from flowstudio.engine.errors import ExpressionError, GraphInvalid, Problem
from flowstudio.engine.plugins import FieldKind, Loop, NodeConfig, Plugin
from flowstudio.engine.values import JSON

DYNAMIC_KEY: Final = "$expr"

_COMPILERS: Final[Mapping[str, Callable[[Any], expressions.Compiled]]] = {
    "expression": expressions.compile_expression,
    "template": expressions.compile_template,
    "data": expressions.compile_data,
}


class CompiledConfig:
    """A node's config, ready to be evaluated; without dynamic fields all runs share one object."""

    __slots__ = ("_adapters", "_later", "_literals", "_model", "dynamic", "shared")

    def __init__(
        self,
        model: type[NodeConfig],
        literals: dict[str, Any],
        dynamic: dict[str, expressions.Compiled],
        adapters: dict[str, TypeAdapter[Any]],
        later: Collection[str] = (),
    ) -> None:
        self._model, self._adapters = model, adapters
        self._later = {name: dynamic[name] for name in later if name in dynamic}
        self._literals = literals | dict.fromkeys(self._later)
        self.dynamic = {name: compiled for name, compiled in dynamic.items() if name not in self._later}
        self.shared = None if self.dynamic else _instance(model, self._literals)

    @property
    def names(self) -> frozenset[str]:
        """The nodes that its expressions read through ``node("Name")``."""
        compiled = (*self.dynamic.values(), *self._later.values())
        return frozenset().union(*(each.names for each in compiled))

    @property
    def needs_scope(self) -> bool:
        return bool(self.dynamic or self._later)

    def evaluate_later(self, name: str, scope: Mapping[str, JSON]) -> JSON:
        """A field of a loop that is evaluated in every round; raises ExpressionError."""
        if name not in self._later:
            return self._literals.get(name)
        try:
            return self._later[name].evaluate(scope)
        except ExpressionError as error:
            raise self._placed(name, error) from None

    def evaluate(self, scope: Mapping[str, JSON]) -> NodeConfig:
        """The config of this run: the plugin reads finished values as its attributes."""
        if self.shared is not None:
            return self.shared
        found = self._literals.copy()
        name = ""
        try:
            for name, compiled in self.dynamic.items():
                value = compiled.evaluate(scope)
                found[name] = self._checked(name, value) if name in self._adapters else value
        except ExpressionError as error:
            raise self._placed(name, error) from None
        return _instance(self._model, found)

    def unevaluated(self) -> NodeConfig:
        """The config with None for each dynamic field: a background run does not schedule itself again."""
        return self.shared or _instance(self._model, self._literals | dict.fromkeys(self.dynamic))

    def _checked(self, name: str, value: JSON) -> Any:
        try:
            return self._adapters[name].validate_python(value)
        except ValidationError as error:
            raise ExpressionError(f"The value does not fit: {error.errors()[0]['msg']}.") from None

    def _placed(self, name: str, error: ExpressionError) -> ExpressionError:
        title = self._model.model_fields[name].title or name
        return ExpressionError(f"{title}: {placed(error)}", line=error.line, column=error.column)


def field_kind(field: FieldInfo) -> str | None:
    """``expression``, ``template`` or ``data``; None for a literal. Sees through ``Expression | None``."""
    marks = [*field.metadata, *(mark for part in get_args(field.annotation) for mark in get_args(part))]
    return next((mark.name for mark in marks if isinstance(mark, FieldKind)), None)


def problems(plugin: type[Plugin], config: Mapping[str, Any], node: str | None) -> list[Problem]:
    """Everything that is wrong with a config, each with the path of its field."""
    found = [_validation_problem(error, node) for error in _validation_errors(plugin, config)]
    found += [_blank_problem(name, node) for name in _blank_expressions(plugin, config)]
    for name, kind, source in dynamic_sources(plugin, config):
        try:
            _COMPILERS[kind](source)
        except ExpressionError as error:
            found.append(_syntax_problem(name, error, node))
    if not found and not _has_dynamic_literals(plugin, config):
        instance = plugin.Config.model_validate(config)
        found += [Problem("bad_config", text, node, path=("config",)) for text in plugin.check(instance)]
    return found


def compile_config(plugin: type[Plugin], config: Mapping[str, Any], node: str) -> CompiledConfig:
    """Compile a config once per plan; raises GraphInvalid with all of its problems."""
    if found := problems(plugin, config, node):
        raise GraphInvalid(found)
    dynamic = {name: _COMPILERS[kind](source) for name, kind, source in dynamic_sources(plugin, config)}
    adapters = _adapters(plugin.Config)
    if _has_dynamic_literals(plugin, config):  # pydantic cannot see the whole, so field by field
        literals = {
            name: _literal(name, field, config, adapters)
            for name, field in plugin.Config.model_fields.items()
            if name not in dynamic
        }
    else:
        literals = dict(plugin.Config.model_validate(config))
    return CompiledConfig(
        plugin.Config,
        literals,
        dynamic,
        {name: adapters[name] for name in dynamic if name in adapters},
        plugin.evaluated_later if issubclass(plugin, Loop) else (),
    )


def dynamic_sources(plugin: type[Plugin], config: Mapping[str, Any]) -> Iterator[tuple[str, str, JSON]]:
    """``(field, kind, source)`` of each field that is evaluated; blank optional ones are not."""
    for name, field in plugin.Config.model_fields.items():
        value = config.get(name, field.get_default(call_default_factory=True))
        kind = field_kind(field)
        if _is_dynamic_literal(value):
            yield name, "expression", value[DYNAMIC_KEY]
        elif kind == "data":
            if value is not None:
                yield name, kind, value
        elif kind and isinstance(value, str) and value.strip():
            yield name, kind, value


def programs(
    plugin: type[Plugin], config: Mapping[str, Any]
) -> Iterator[tuple[tuple[str | int, ...], expressions.TextProgram]]:
    """Each text of a config that is evaluated, compiled, with its path; faulty ones are left out."""
    for name, kind, source in dynamic_sources(plugin, config):
        try:
            compiled = _COMPILERS[kind](source)
        except ExpressionError:
            continue
        if isinstance(compiled, expressions.DataProgram):
            yield from ((("config", name, *path), program) for path, program in compiled.programs)
        elif _is_dynamic_literal(config.get(name)):
            yield ("config", name, DYNAMIC_KEY), compiled
        else:
            yield ("config", name), compiled


def placed(error: ExpressionError) -> str:
    """An error's message with its line and column, where they are known."""
    if error.line is None:
        return error.message
    return f"{error.message} (line {error.line}, column {error.column})"


@cache
def _adapters(model: type[NodeConfig]) -> dict[str, TypeAdapter[Any]]:
    """One validator per literal field: an evaluated value is checked against the field's own type."""
    return {
        name: TypeAdapter(field.rebuild_annotation())
        for name, field in model.model_fields.items()
        if field_kind(field) is None
    }


def _literal(
    name: str, field: FieldInfo, config: Mapping[str, Any], adapters: Mapping[str, TypeAdapter[Any]]
) -> Any:
    if name not in config:
        return field.get_default(call_default_factory=True)
    return adapters[name].validate_python(config[name]) if name in adapters else config[name]


def _is_dynamic_literal(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {DYNAMIC_KEY} and isinstance(value[DYNAMIC_KEY], str)


def _has_dynamic_literals(plugin: type[Plugin], config: Mapping[str, Any]) -> bool:
    return any(_is_dynamic_literal(config.get(name)) for name in plugin.Config.model_fields)


def _validation_errors(plugin: type[Plugin], config: Mapping[str, Any]) -> list[Any]:
    try:
        plugin.Config.model_validate(config)
    except ValidationError as error:
        return [
            fault
            for fault in error.errors(include_url=False)
            if not fault["loc"] or not _is_dynamic_literal(config.get(str(fault["loc"][0])))
        ]
    return []


def _validation_problem(fault: Mapping[str, Any], node: str | None) -> Problem:
    field = ".".join(str(part) for part in fault["loc"])
    text = f"{field}: {fault['msg']}" if field else str(fault["msg"])
    return Problem("bad_config", text, node, path=("config", *fault["loc"]))


def _blank_expressions(plugin: type[Plugin], config: Mapping[str, Any]) -> Iterator[str]:
    for name, field in plugin.Config.model_fields.items():
        value = config.get(name)
        is_blank = isinstance(value, str) and not value.strip()
        if is_blank and field.is_required() and field_kind(field) == "expression":
            yield name


def _blank_problem(name: str, node: str | None) -> Problem:
    return Problem("bad_config", f"{name}: an expression is needed here.", node, path=("config", name))


def _syntax_problem(name: str, error: ExpressionError, node: str | None) -> Problem:
    return Problem("bad_expression", f"{name}: {placed(error)}", node, path=("config", name))


def _instance(model: type[NodeConfig], values: dict[str, Any]) -> NodeConfig:
    """A model without a second validation; pydantic's own ``model_construct`` costs five times as much."""
    made = model.__new__(model)
    object.__setattr__(made, "__dict__", values)
    object.__setattr__(made, "__pydantic_fields_set__", set(values))
    object.__setattr__(made, "__pydantic_extra__", None)
    object.__setattr__(made, "__pydantic_private__", None)
    return made
