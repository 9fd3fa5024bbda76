"""The page of the components shows each that the style sheets know."""

import re

from django.conf import settings

WITHOUT_A_PLACE = {
    "inline-form",  # a form that looks like a word
    "nonfield",  # of an error that stands in the summary already
}


def test_every_component_of_the_style_sheet_stands_on_the_page(browse, house):
    css = re.sub(r"/\*.*?\*/", "", (settings.ROOT / "static/css/components.css").read_text(), flags=re.DOTALL)
    components, depth = set(), 0
    for line in css.splitlines():
        if depth == 1:  # in the layer, and in nothing else
            components |= set(re.findall(r"\.([a-z][a-z-]+)", line))
        depth += line.count("{") - line.count("}")
    page = browse().get("/demo/stijl/").text
    shown = {name for names in re.findall(r'class="([^"]*)"', page) for name in names.split()}
    assert len(components) > 30
    assert components - shown == WITHOUT_A_PLACE
