"""The shape of the house: small files, small functions, names that say something, templates without code."""

import ast
import re

import pytest

from .sources import ROOT, name, our_files, python_files, templates, tree

BANNED = {"utils", "helpers", "common", "core", "base", "misc", "services", "managers", "mixins", "constants"}
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@pytest.mark.parametrize("path", [*our_files(), *python_files("tests")], ids=name)
def test_a_room_has_a_name_that_says_something_and_at_most_400_lines(path):
    named_by_django = path == ROOT / "kenniskring/postgres/base.py"  # where it looks for a database backend
    assert named_by_django or not BANNED & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    assert len(path.read_text().splitlines()) <= 400


def too_long(module: ast.Module, is_view_room: bool) -> set[str]:
    """Functions of over 40 lines; of over 25 where they answer requests."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, FUNCTION):
            is_view = is_view_room and bool(node.args.args) and node.args.args[0].arg == "request"
            if (node.end_lineno or 0) - node.lineno + 1 > (25 if is_view else 40):
                found.add(node.name)
    return found


@pytest.mark.parametrize("path", our_files(), ids=name)
def test_functions_fit_in_an_eye(path):
    is_view_room = path.stem == "views" or "views" in path.parts
    assert too_long(tree(path), is_view_room) == set()


def test_a_long_view_would_be_seen():
    source = "def view(request):\n" + "    pass\n" * 25
    assert too_long(ast.parse(source), is_view_room=True) == {"view"}
    assert too_long(ast.parse(source), is_view_room=False) == set()


@pytest.mark.parametrize("path", our_files(), ids=name)
def test_every_module_says_what_it_is_for(path):
    module = tree(path)
    if module.body:
        assert ast.get_docstring(module)


def clocks(module: ast.Module) -> set[str]:
    """Calls that ask the time without a time zone."""
    calls = {ast.unparse(node) for node in ast.walk(module) if isinstance(node, ast.Call)}
    return {call for call in calls if re.fullmatch(r"(\w+\.)*(datetime\.now\(\)|utcnow\(\)|date\.today\(\))", call)}


def marks(module: ast.Module) -> set[str]:
    """Names that promise HTML to be safe."""
    names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(module)}
    return names & {"mark_safe", "SafeString", "SafeText"}


@pytest.mark.parametrize("path", our_files(), ids=name)
def test_no_clock_without_a_time_zone_and_no_promise_of_safe_html(path):
    assert clocks(tree(path)) == set()
    assert marks(tree(path)) == set()


def test_a_clock_and_a_promise_would_be_seen():
    assert clocks(ast.parse("x = dt.datetime.now(); y = timezone.now()")) == {"dt.datetime.now()"}
    assert marks(ast.parse("from x import safestring as s\ns.mark_safe(x)")) == {"mark_safe"}


INLINE = {
    "safe": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"),
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.I),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+\s*=\s*[\"']|javascript:", re.I),
    "another host": re.compile(r"<(?!a\b)[a-z]+\s[^>]*\b(src|href)=[\"'](https?:)?//", re.I),
}
MAIL = {"templates/mailroom/letter.html"}  # mail programs know no style sheets
PLAIN = re.compile(r"\.txt$")  # nothing to escape in text


def inline(text: str) -> set[str]:
    return {what for what, pattern in INLINE.items() if pattern.search(text)}


@pytest.mark.parametrize("path", templates(), ids=name)
def test_templates_hold_no_code_and_no_style(path):
    if name(path) not in MAIL and not PLAIN.search(path.name):
        assert inline(path.read_text()) == set()


def test_code_in_a_template_would_be_seen():
    assert inline("{{ x|safe }}") == {"safe"}
    assert inline('<p style="color: red">') == {"inline style"}
    assert inline("<a onclick='x()'>") == inline("<script>x()</script>") == {"inline script"}
    assert inline('<link href="//fonts.example/x">') == {"another host"}
    assert inline("<script src=\"{% static 'js/x.js' %}\" defer></script>") == set()
