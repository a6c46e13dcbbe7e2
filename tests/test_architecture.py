"""Who may import whom: the arrows of docs/architecture.md, kept by walking the imports."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Each part, and the parts of ours it may import beside itself. The rim knows everything.
MAY_IMPORT = {
    "plugins": {"flowstudio.plugin"},
    "flowstudio.plugin": {"flowstudio.engine"},
    "flowstudio.engine": set(),
    "flowstudio.testing": {"flowstudio.engine", "flowstudio.plugin"},
    "flowstudio.runs": {"flowstudio.engine", "flowstudio.models", "flowstudio.conf", "flowstudio.ids"},
    "flowstudio.models": {"flowstudio.conf", "flowstudio.fields", "flowstudio.ids"},
    "flowstudio.api": {
        "flowstudio.runs",
        "flowstudio.engine",
        "flowstudio.models",
        "flowstudio.conf",
        "flowstudio.security",
        "flowstudio.tokens",
        "flowstudio",
    },
    "flowstudio.live": {
        "flowstudio.runs",
        "flowstudio.engine",
        "flowstudio.models",
        "flowstudio.conf",
        "flowstudio.security",
        "flowstudio.tokens",
    },
}


def modules() -> dict[str, Path]:
    found = {}
    for top in ("flowstudio", "plugins"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts).removesuffix(".__init__")] = path
    return found


def part_of(module: str) -> str:
    """The longest named part that holds the module."""
    named = [part for part in MAY_IMPORT if module == part or module.startswith(part + ".")]
    return max(named, key=len) if named else module


def imports_of(module: str, path: Path) -> set[str]:
    ours = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            ours |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively; say the whole name"
            ours |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in ours if name.split(".")[0] in ("flowstudio", "plugins")}


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_arrows_point_down(part):
    allowed = MAY_IMPORT[part] | {part}
    wrong = [
        f"{module} imports {name}"
        for module, path in modules().items()
        if part_of(module) == part
        for name in imports_of(module, path)
        if part_of(name) not in allowed and name.rpartition(".")[0] not in allowed
    ]

    assert not wrong


def test_the_engine_knows_no_django():
    for module, path in modules().items():
        if module.startswith("flowstudio.engine"):
            names = {
                alias.name if isinstance(node, ast.Import) else str(node.module)
                for node in ast.walk(ast.parse(path.read_text()))
                if isinstance(node, ast.Import | ast.ImportFrom)
                for alias in node.names
            }
            foreign = {
                name for name in names if name.split(".")[0] in ("django", "channels", "rest_framework")
            }
            assert not foreign, f"{module} imports {foreign}"


def test_no_import_hides_inside_a_function():
    hidden = []
    for module, path in modules().items():
        if module == "flowstudio":
            continue  # `flowstudio.emit` is looked up late, so that importing the package needs no Django
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                hidden += [
                    f"{module}:{inner.lineno}"
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.ImportFrom) and str(inner.module).startswith("flowstudio")
                ]

    assert not hidden


def test_every_file_opens_with_what_it_is_for():
    silent = [
        module
        for module, path in modules().items()
        if path.read_text().strip()
        and ".migrations." not in module
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert not silent
