"""Imports go down the staircase only."""

import ast

import pytest

from .sources import ROOT, STAIRCASE, name, our_files, tree


def imported_apps(module: ast.Module, app: str) -> set[str]:
    """The steps that a module of ``app`` imports, wherever in the file it does so."""
    found = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.split(".")[0])
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("import_module", "get_model"):
            found |= {str(each.value).split(".")[0] for each in node.args if isinstance(each, ast.Constant)}
    return found & {*STAIRCASE, "tests"} - {app}


def climbs(app: str) -> set[str]:
    """What ``app`` must not import: every step above it, and the tests."""
    return {*STAIRCASE[: STAIRCASE.index(app)], "tests"}


def test_every_app_stands_on_the_staircase():
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert apps <= set(STAIRCASE)


@pytest.mark.parametrize("path", our_files(), ids=name)
def test_imports_go_down_only(path):
    app = path.relative_to(ROOT).parts[0]
    assert imported_apps(tree(path), app) & climbs(app) == set()


def test_a_step_up_would_be_seen():
    inside = ast.parse("def late():\n    from meetings import models\n    import kenniskring.views")
    assert imported_apps(inside, "regions") & climbs("regions") == {"meetings", "kenniskring"}
