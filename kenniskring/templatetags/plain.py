"""Long lists of short lines, without asking Django's template language a thousand times.

``{% lines rows %}<li>{{ title }}</li>{% endlines %}`` shows each of ``rows``, named tuples; inside stand plain names.
``{% options choices chosen %}`` shows the options of a select. What is not marked safe is escaped, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, Parser, TextNode, Token, Variable, VariableNode
from django.template.context import Context

register = template.Library()


class Lines(Node):
    """``pattern`` once for each of ``rows``. Many are shown the same row: its line is remembered."""

    def __init__(self, rows: FilterExpression, pattern: str) -> None:
        self.rows, self.pattern = rows, pattern
        self.line = lru_cache(maxsize=2048)(self._line)

    def render(self, context: Context) -> str:
        return "".join(map(self.line, self.rows.resolve(context)))

    def _line(self, row: Any) -> str:
        named = row._asdict().items()
        return self.pattern.format_map(
            {name: each if hasattr(each, "__html__") else escape(str(each)) for name, each in named}
        )


@register.tag
def lines(parser: Parser, token: Token) -> Lines:
    _tag, rows = token.split_contents()
    inside = parser.parse(("endlines",))
    parser.delete_first_token()
    return Lines(parser.compile_filter(rows), "".join(map(_piece, inside)))


def _piece(node: Node) -> str:
    if isinstance(node, TextNode):
        return node.s.replace("{", "{{").replace("}", "}}")
    if isinstance(node, VariableNode) and not node.filter_expression.filters:
        name = node.filter_expression.var
        if isinstance(name, Variable) and name.lookups and len(name.lookups) == 1:
            return f"{{{name.lookups[0]}}}"
    raise template.TemplateSyntaxError("Inside {% lines %} stand texts and plain names only.")


class Options(Node):
    """The options of a select, in groups or not."""

    def __init__(self, choices: FilterExpression, chosen: FilterExpression) -> None:
        self.choices, self.chosen = choices, chosen

    def render(self, context: Context) -> str:
        return "".join(_options(self.choices.resolve(context), self.chosen.resolve(context)))


def _options(choices: Iterable[tuple[Any, Any]], chosen: str) -> Iterator[str]:
    for value, label in choices:
        if isinstance(label, list):
            yield f'<optgroup label="{escape(str(value))}">{"".join(_options(label, chosen))}</optgroup>'
        else:
            yield _option(value, str(label), chosen == value)


@lru_cache(maxsize=4096)
def _option(value: str, label: str, is_chosen: bool) -> str:
    selected = " selected" if is_chosen else ""
    return f'<option value="{escape(value)}"{selected}>{escape(label)}</option>'


@register.tag
def options(parser: Parser, token: Token) -> Options:
    _tag, choices, chosen = token.split_contents()
    return Options(parser.compile_filter(choices), parser.compile_filter(chosen))
