"""Reads the text of an expression or template into a tree: MiniJinja's language, less what we refuse.

Why not leave the reading to MiniJinja: its binding gives no tree, so nobody could say which nodes an
expression reads or where it compares text with a number, and a missing path that reaches a comparison or a
filter is silently null there. From this tree, ``writer`` writes the source that MiniJinja runs.

Refused: method calls (values have none), macros, includes, imports and blocks.
"""

from __future__ import annotations

import itertools
import json
import re
from math import isfinite
from typing import Final

from flowstudio.engine.errors import ExpressionError
from flowstudio.engine.expressions.tree import (
    Call,
    Chain,
    Choice,
    Compare,
    Expr,
    For,
    If,
    ListOf,
    Literal,
    LoopFact,
    ObjectOf,
    Output,
    Part,
    Path,
    Prefixed,
    Set,
    Slice,
    Text,
)
from flowstudio.engine.values import MAX_INT

ROOTS: Final = ("payload", "event", "run", "now")
LOOP_NAMES: Final = ("item", "index")
"""What the innermost loop of the graph hands to its body; read as keys of the node named ``""``."""
LOOP_FACTS: Final = ("index", "index0", "revindex", "revindex0", "first", "last", "length")
MAX_DEPTH: Final = 30
MAX_LENGTH: Final = 100_000
MAX_PIECES: Final = 2_000
"""Operands, keys, filters and statements of one text: each takes 0.03 ms to read and compile, and a sum of
50,000 overflows MiniJinja's stack."""
MAX_IN_A_ROW: Final = 200
"""Items, arguments or keys in a row: MiniJinja passes on at most 255."""

# ── Entrances ───────────────────────────────────────────────────────────────────────────────────────


def parse_expression(text: str) -> Expr:
    """Read a text that is one expression."""
    reader = _Reader(text)
    tree = reader.expression()
    reader.skip_space()
    if reader.position < len(text):
        raise reader.fault(f"did not expect {reader.shown()} here")
    return tree


def parse_template(text: str) -> list[Part]:
    """Read a text with ``{{ … }}``, ``{% … %}`` and ``{# … #}``."""
    reader = _TemplateReader(text)
    parts, _ = reader.parts(())
    return parts


def place_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of an offset in a text."""
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────

_SPACE = re.compile(r"\s*")
_TOKEN = re.compile(
    r"""(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<sign>\*\*|//|==|!=|<=|>=|%(?!\})|-(?!%\}|\}\})|[+*/~<>|.,:()\[\]{}=])""",
    re.VERBOSE | re.DOTALL,
)
_CONSTANTS: Final = {
    "true": True, "True": True, "false": False, "False": False, "none": None, "None": None, "null": None,
}  # fmt: skip
_WORDS: Final = frozenset({"and", "or", "not", "in", "is", "if", "else"})
_COMPARISONS: Final = ("==", "!=", "<=", ">=", "<", ">", "in", "not")
_RANKS: Final = (("or",), ("and",), ("+", "-"), ("~",), ("*", "/", "//", "%"), ("**",))
_OR, _AND, _SUM, _JOIN, _PRODUCT, _POWER = range(6)
_FUNCTIONS: Final = ("range",)


class _Reader:
    """A recursive descent over one text, which knows its position for every message."""

    def __init__(self, text: str, locals_: set[str] | None = None) -> None:
        if len(text) > MAX_LENGTH:
            raise ExpressionError(f"The text is longer than {MAX_LENGTH:,} characters.")
        self.text, self.position, self.depth = text, 0, 0
        self.locals = locals_ or set()
        self.loops = self.pieces = 0

    def count(self) -> None:
        self.pieces += 1
        if self.pieces > MAX_PIECES:
            raise self.fault(f"this has more than {MAX_PIECES:,} parts")

    def limit_row(self, count: int, at: int) -> None:
        if count > MAX_IN_A_ROW:
            raise self.fault(f"at most {MAX_IN_A_ROW} may stand in a row here", at)

    def fault(self, message: str, at: int | None = None) -> ExpressionError:
        line, column = place_of(self.text, self.position if at is None else at)
        return ExpressionError(message, line=line, column=column)

    def skip_space(self) -> None:
        match = _SPACE.match(self.text, self.position)
        assert match is not None
        self.position = match.end()

    def peek(self) -> tuple[str, str]:
        """Kind and text of the next token; ``("end", "")`` where there is none."""
        self.skip_space()
        match = _TOKEN.match(self.text, self.position)
        if match is None:
            return "end", ""
        return str(match.lastgroup), match.group()

    def take(self, *wanted: str) -> str | None:
        """Step over the next token if it is one of these signs or words."""
        kind, token = self.peek()
        if kind in ("sign", "name") and token in wanted:
            self.position += len(token)
            return token
        return None

    def expect(self, sign: str) -> None:
        if self.take(sign) is None:
            raise self.fault(f"expected {sign!r} but found {self.shown()}")

    def name(self) -> str:
        kind, token = self.peek()
        if kind != "name":
            raise self.fault(f"expected a name but found {self.shown()}")
        self.position += len(token)
        return token

    def shown(self) -> str:
        self.skip_space()
        _, token = self.peek()
        rest = token or self.text[self.position : self.position + 1]
        return f"‘{rest}’" if rest else "the end"

    # Each rank reads the one below it; ``expression`` is the outermost.

    def expression(self) -> Expr:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fault(f"this is nested deeper than {MAX_DEPTH} levels")
        self.skip_space()
        at = self.position
        tree = self.logic(_OR)
        if self.take("if"):
            condition = self.logic(_OR)
            otherwise = self.expression() if self.take("else") else None
            tree = Choice(condition, tree, otherwise, at)
        self.depth -= 1
        return tree

    def logic(self, rank: int) -> Expr:
        first = self.logic(_AND) if rank == _OR else self.negation()
        rest = []
        while word := self.take(*_RANKS[rank]):
            rest.append((word, self.logic(_AND) if rank == _OR else self.negation()))
        return Chain(first, rest, first.at) if rest else first

    def negation(self) -> Expr:
        self.skip_space()
        at, count = self.position, 0
        while self.take("not"):
            self.count()
            count += 1
        tree = self.comparison()
        if count == 0:
            return tree
        tree = Prefixed("not", tree, at)
        return tree if count % 2 else Prefixed("not", tree, at)

    def comparison(self) -> Expr:
        left = self.chain(_SUM)
        operator = self.comparison_sign()
        if operator is None:
            return left
        tree = Compare(operator, left, self.chain(_SUM), left.at)
        self.skip_space()
        at = self.position
        if self.comparison_sign():
            raise self.fault("compare two values at a time, and join the comparisons with ‘and’", at)
        return tree

    def comparison_sign(self) -> str | None:
        operator = self.take(*_COMPARISONS)
        if operator == "not":
            self.expect("in")
            return "not in"
        return operator

    def chain(self, rank: int) -> Expr:
        below = self.unary if rank == _POWER else lambda: self.chain(rank + 1)
        first = below()
        rest = []
        while sign := self.take(*_RANKS[rank]):
            rest.append((sign, below()))
        return Chain(first, rest, first.at) if rest else first

    def unary(self) -> Expr:
        self.skip_space()
        at, negative = self.position, False
        while sign := self.take("-", "+"):
            self.count()
            negative ^= sign == "-"
        tree = self.filtered(self.keyed(self.primary()))
        return Prefixed("-", tree, at) if negative else tree

    def filtered(self, tree: Expr) -> Expr:
        while True:
            self.skip_space()
            at = self.position
            if self.take("|"):
                self.count()
                tree = self.call("filter", self.name(), [tree], at)
            elif self.take("is"):
                self.count()
                negated = self.take("not")
                tree = self.call("test", self.name(), [tree], at)
                tree = Prefixed("not", tree, at) if negated else tree
            else:
                return tree

    def call(self, kind: str, name: str, arguments: list[Expr], at: int) -> Call:
        named: dict[str, Expr] = {}
        if self.take("("):
            while not self.take(")"):
                match = re.compile(r"\s*([A-Za-z_]\w*)\s*=(?!=)").match(self.text, self.position)
                if match:
                    self.position = match.end()
                    named[match.group(1)] = self.expression()
                elif named:
                    raise self.fault("named arguments stand last")
                else:
                    arguments.append(self.expression())
                    self.limit_row(len(arguments), at)
                if not self.take(","):
                    self.expect(")")
                    break
        return Call(kind, name, arguments, named, at)

    def keyed(self, tree: Expr) -> Expr:
        """Keys and subscripts behind a value; they become one path."""
        start = self.position
        for number in itertools.count():
            self.limit_row(number, start)
            self.skip_space()
            at = self.position
            if self.take("."):
                name = self.name()
                if self.peek()[1] == "(":
                    raise self.fault(
                        f"values have no methods, so .{name}() cannot be called; use a filter", at
                    )
                tree = self.with_key(tree, Literal(name, at))
            elif self.take("["):
                tree = self.subscript(tree, at)
            elif self.peek()[1] == "(":
                raise self.fault("this cannot be called; use a filter", at)
            else:
                break
            self.count()
        return tree

    def subscript(self, tree: Expr, at: int) -> Expr:
        start = None if self.peek()[1] == ":" else self.expression()
        if self.take(":"):
            stop = None if self.peek()[1] == "]" else self.expression()
            self.expect("]")
            return Slice(tree, start, stop, at)
        self.expect("]")
        if start is None:
            raise self.fault("expected a key")
        return self.with_key(tree, start)

    def with_key(self, tree: Expr, key: Expr) -> Expr:
        if isinstance(tree, LoopFact):
            if isinstance(key, Literal) and key.value in LOOP_FACTS and not tree.name:
                return LoopFact(str(key.value), tree.at)
            raise self.fault(f"loop has {', '.join(LOOP_FACTS)}", tree.at)
        path = tree if isinstance(tree, Path) else Path("value", "", [], tree.at, tree)
        path.keys.append(key)
        path.text = self.text[path.at : self.position]
        return path

    def primary(self) -> Expr:
        self.count()
        kind, token = self.peek()
        at = self.position
        if kind == "number":
            self.position += len(token)
            return Literal(self.number(token, at), at)
        if kind == "text":
            self.position += len(token)
            return Literal(self.unquoted(token, at), at)
        if kind == "name" and token not in _WORDS:
            self.position += len(token)
            return self.named(token, at)
        if self.take("("):
            tree = self.expression()
            self.expect(")")
            return tree
        if self.take("["):
            return ListOf(self.until("]"), at)
        if self.take("{"):
            return self.object_of(at)
        raise self.fault(f"expected a value but found {self.shown()}")

    def number(self, token: str, at: int) -> int | float:
        if not token.isdigit():
            if not isfinite(float(token)):
                raise self.fault("this number is too large", at)
            return float(token)
        if len(token) > 19 or int(token) > MAX_INT:
            raise self.fault("this integer is beyond 64 bits", at)
        return int(token)

    def unquoted(self, token: str, at: int) -> str:
        inner = token[1:-1]
        if "\\" not in inner:
            return inner
        plain = inner.replace("\\'", "'") if token[0] == "'" else inner
        if token[0] == "'":
            plain = re.sub(r'(?<!\\)"', '\\"', plain)
        try:
            return str(json.loads(f'"{plain}"', strict=False))
        except ValueError:
            raise self.fault(
                'this text holds an unknown escape; use \\n, \\t, \\\\, \\" or \\u00e4', at
            ) from None

    def named(self, token: str, at: int) -> Expr:
        if token in self.locals:
            return Path("local", token, [], at, text=token)
        if token in _CONSTANTS:
            return Literal(_CONSTANTS[token], at)
        if token == "loop" and self.loops:
            return LoopFact("", at)
        if token == "now" and self.take("("):
            self.expect(")")
        if token in ROOTS:
            return Path(token, "", [], at, text=token)
        if token in LOOP_NAMES:
            return Path("node", "", [Literal(token, at)], at, text=token)
        if token == "node":
            return self.node(at)
        if token in _FUNCTIONS:
            return self.call("function", token, [], at)
        known = ", ".join((*ROOTS, 'node("Name")', *sorted(self.locals)))
        raise self.fault(f"the name {token!r} is not known; there are {known}", at)

    def node(self, at: int) -> Path:
        self.expect("(")
        kind, token = self.peek()
        if kind != "text":
            raise self.fault('node() wants the name of a node in quotes: node("Name")', at)
        start, self.position = self.position, self.position + len(token)
        name = self.unquoted(token, start)
        if not name:
            raise self.fault("a node has a name, and this one is empty", start)
        self.expect(")")
        return Path("node", name, [], at, text=self.text[at : self.position])

    def until(self, sign: str) -> list[Expr]:
        items: list[Expr] = []
        while not self.take(sign):
            items.append(self.expression())
            self.limit_row(len(items), items[0].at)
            if not self.take(","):
                self.expect(sign)
                break
        return items

    def object_of(self, at: int) -> ObjectOf:
        pairs: list[tuple[Expr, Expr]] = []
        while not self.take("}"):
            key = self.expression()
            self.expect(":")
            pairs.append((key, self.expression()))
            self.limit_row(2 * len(pairs), at)
            if not self.take(","):
                self.expect("}")
                break
        return ObjectOf(pairs, at)


_OPENING = re.compile(r"\{\{|\{%|\{#")


class _TemplateReader(_Reader):
    """Reads what stands between the expressions of a template as well."""

    def parts(self, enders: tuple[str, ...], opened_at: int = 0, opener: str = "") -> tuple[list[Part], str]:
        """The parts up to one of the statements that end them, and which it was."""
        if self.loops + self.depth > MAX_DEPTH:
            raise self.fault(f"this is nested deeper than {MAX_DEPTH} levels")
        found: list[Part] = []
        while True:
            self.text_until_opening(found)
            at = self.position
            if at >= len(self.text):
                if enders:
                    raise self.fault(f"‘{opener}’ is never ended by {enders[-1]}", opened_at)
                return found, ""
            opening = self.text[at : at + 2]
            self.position += 2
            self.count()
            if self.text.startswith("-", self.position):
                self.position += 1
                _strip_end(found)
            if opening == "{#":
                self.comment(at)
            elif opening == "{{":
                found.append(Output(self.expression()))
                self.close("}}")
            else:
                word = self.name()
                if word in enders:
                    return found, word
                self.statement(word, at, found)

    def text_until_opening(self, found: list[Part]) -> None:
        match = _OPENING.search(self.text, self.position)
        end = match.start() if match else len(self.text)
        if end > self.position:
            found.append(Text(self.text[self.position : end]))
        self.position = end

    def comment(self, at: int) -> None:
        end = self.text.find("#}", self.position)
        if end < 0:
            raise self.fault("this comment is never ended by #}", at)
        stripped = self.text[end - 1] == "-"
        self.position = end + 2
        if stripped:
            self.skip_space()

    def close(self, ending: str) -> None:
        self.skip_space()
        stripped = self.text.startswith("-" + ending, self.position)
        if stripped:
            self.position += 1
        if not self.text.startswith(ending, self.position):
            raise self.fault(f"expected ‘{ending}’ but found {self.shown()}")
        self.position += len(ending)
        if stripped:
            self.skip_space()

    def statement(self, word: str, at: int, found: list[Part]) -> None:
        if word == "if":
            found.append(self.if_(at))
        elif word == "for":
            found.append(self.for_(at))
        elif word == "set":
            name = self.name()
            self.expect("=")
            value = self.expression()
            self.close("%}")
            self.locals.add(name)
            found.append(Set(name, value))
        elif word == "raw":
            self.raw(at, found)
        else:
            raise self.fault(f"‘{word}’ is not allowed here; there are if, for, set and raw", at)

    def raw(self, at: int, found: list[Part]) -> None:
        self.close("%}")
        match = re.compile(r"\{%-?\s*endraw\s*-?%\}").search(self.text, self.position)
        if match is None:
            raise self.fault("‘raw’ is never ended by endraw", at)
        found.append(Text(self.text[self.position : match.start()]))
        self.position = match.end()

    def if_(self, at: int) -> If:
        branches: list[tuple[Expr, list[Part]]] = []
        otherwise: list[Part] = []
        ended = "elif"
        while ended == "elif":
            condition = self.expression()
            self.close("%}")
            body, ended = self.block(("elif", "else", "endif"), at, "if")
            branches.append((condition, body))
        if ended == "else":
            self.close("%}")
            otherwise, _ = self.block(("endif",), at, "if")
        self.close("%}")
        return If(branches, otherwise)

    def for_(self, at: int) -> For:
        targets = [self.name()]
        while self.take(","):
            targets.append(self.name())
        self.expect("in")
        value = self.logic(_OR)  # a whole expression would take the loop's own ‘if’
        outer = set(self.locals)
        self.locals |= set(targets)
        condition = self.expression() if self.take("if") else None
        self.close("%}")
        self.loops += 1
        body, ended = self.block(("else", "endfor"), at, "for")
        self.loops -= 1
        self.locals = outer
        otherwise: list[Part] = []
        if ended == "else":
            self.close("%}")
            otherwise, _ = self.block(("endfor",), at, "for")
        self.close("%}")
        return For(targets, value, condition, body, otherwise, at)

    def block(self, enders: tuple[str, ...], at: int, opener: str) -> tuple[list[Part], str]:
        """Parts whose own ``set`` names end with them: elsewhere they might never have been set."""
        outer = set(self.locals)
        self.depth += 1
        parts, ended = self.parts(enders, at, opener)
        self.depth -= 1
        self.locals = outer
        return parts, ended


def _strip_end(parts: list[Part]) -> None:
    if parts and isinstance(parts[-1], Text):
        parts[-1].text = parts[-1].text.rstrip()
