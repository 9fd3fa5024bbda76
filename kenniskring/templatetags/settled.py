"""What stays the same while we run is worked out once: words, addresses without arguments, files of ours.

A page has a hundred such places, and there is one language. The tags are written as Django's own, and makemessages
finds the words as always; what hangs on the page (a variable, an argument, ``as``) is left to Django.
"""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template.base import FilterExpression, Node, Parser, TextNode, Token, Variable
from django.template.context import BaseContext, Context
from django.template.defaulttags import URLNode, url
from django.templatetags.i18n import TranslateNode, do_translate
from django.templatetags.static import StaticNode, do_static
from django.utils import translation

register = template.Library()


class Settled(Node):
    """Asks ``node`` the first time that it is shown, and remembers the answer."""

    def __init__(self, node: Node) -> None:
        self.node, self.said = node, ""

    def render(self, context: BaseContext) -> str:
        if not self.said:
            self.said = str(self.node.render(context))
        return self.said


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
    with translation.override(settings.LANGUAGE_CODE):
        return TextNode(str(node.render(Context())))


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
