"""What stays the same while we run is worked out once: words, addresses without arguments, files of ours.

A page has a hundred such places, and there are two languages. The tags are written as Django's own, and makemessages
finds the words as always; what hangs on the page (a variable, an argument, ``as``) is left to Django.
"""

from __future__ import annotations

from django import template
from django.template.base import FilterExpression, Node, Parser, Token, Variable
from django.template.context import Context
from django.template.defaulttags import URLNode, url
from django.templatetags.i18n import TranslateNode, do_translate
from django.templatetags.static import StaticNode, do_static
from django.utils.translation import get_language

register = template.Library()


class Settled(Node):
    """Asks ``node`` the first time that it is shown in a language, and remembers the answer."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.said: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        if language not in self.said:
            self.said[language] = str(self.node.render(context))
        return self.said[language]


def _is_literal(expression: FilterExpression) -> bool:
    """A text between quotes, without a filter."""
    if expression.filters:
        return False
    return expression.var.literal is not None if isinstance(expression.var, Variable) else True


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    node = do_translate(parser, token)
    assert isinstance(node, TranslateNode)
    if node.asvar or node.noop or node.message_context or not _is_literal(node.filter_expression):
        return node
    return Settled(node)


@register.tag("url")
def address(parser: Parser, token: Token) -> Node:
    node = url(parser, token)
    assert isinstance(node, URLNode)
    fixed = _is_literal(node.view_name) and ":" not in str(node.view_name)  # a namespace may hang on the request
    return Settled(node) if fixed and not (node.args or node.kwargs or node.asvar) else node


@register.tag
def static(parser: Parser, token: Token) -> Node:
    node = do_static(parser, token)
    assert isinstance(node, StaticNode)
    return Settled(node) if node.varname is None and _is_literal(node.path) else node
