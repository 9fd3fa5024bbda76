"""Every place where someone acts as another, with its reason. A new one is added here on purpose, after thinking."""

import ast

from tests.house.sources import name, our_files, tree

SWITCHES: dict[str, set[str]] = {
    "mailroom/actions.py": {
        "a letter that was promised is the portal's own business",
        "whoever holds the letter may know whether the next one comes",
        "whoever holds the letter may refuse the next one",
        "whoever holds the letter may want them again",
        "whoever sees that a letter failed may have it tried again",
    },
    "mailroom/channels.py": {
        "a post to the channel of a circle is the portal's own business",
    },
    "meetings/actions/answers.py": {
        "a free seat goes to the first in line",
        "how many wait before you is yours to know, who they are is not",
        "the meeting's row is the counter, whoever stands before it",
        "who no longer sees a meeting gets no seat in it",
    },
    "meetings/actions/attendance.py": {
        "whoever read the code on the screen is there",
    },
    "meetings/actions/hosting.py": {
        "a host may ask another host of the same circle to exchange",
        "a host who was asked to exchange answers",
        "reminding hosts is the portal's own work",
        "whoever receives a meeting says where that is",
        "whoever was asked to receive a meeting answers",
    },
    "meetings/actions/coming.py": {
        "who is named as a substitute is invited",
    },
    "meetings/actions/material.py": {
        "whoever holds the link of an accepted talk adds its slides",
    },
    "meetings/actions/planning.py": {
        "drafts of a circle are made one after the other",
        "the facts in these letters are no longer true",
        "the form of the meeting changed under people's answers",
        "who answered knows of the meeting, letter or not",
    },
    "meetings/actions/polls.py": {
        "everyone in the circle is asked, whomever the trekker may know",
        "the poll's row is the counter, whoever stands before it",
        "whoever holds the link says which days suit the speaker",
    },
    "meetings/actions/evaluation.py": {
        "an answer without a name is nobody's own",
        "how many answers there are is for the trekker to know, what they say is not yet",
        "thanking is the portal's own work",
    },
    "meetings/actions/followup.py": {
        "reminders are the portal's own work",
        "the owner says that it is done",
    },
    "meetings/actions/questions.py": {
        "whoever asked it is told, also when the trekker may not see who that is",
    },
    "meetings/actions/reports.py": {
        "whom a report reaches does not hang on whom the trekker may see",
    },
    "meetings/presence.py": {
        "of who was not there a report names the government, not the person",
    },
    "meetings/actions/proposals.py": {
        "a proposal is written down for whoever makes it",
        "forgetting is the portal's own work",
        "whoever holds the link in the letter reads the mail of this address",
    },
    "meetings/actions/speakers.py": {
        "reminders are the portal's own work",
        "thanking is the portal's own work",
        "what people wrote for the speakers goes to them, once five answered",
        "whoever holds the link answers for the speaker",
        "whoever holds the link of an accepted talk says what may be recorded and published",
        "whoever holds the link of an accepted talk writes the speaker's own card",
    },
    "meetings/calendar.py": {
        "a calendar file holds what its reader may see",
        "calendar files for a whole circle are written in one go",
    },
    "meetings/hosts.py": {
        "who receives a meeting may know on which days others of the circle do",
    },
    "meetings/letters/answers.py": {
        "a letter tells what its reader may see",
    },
    "meetings/mailings.py": {
        "whom a cancellation concerns does not hang on whom the trekker may see",
        "whom a change concerns does not hang on whom the trekker may see",
        "whom an invitation reaches does not hang on whom the trekker may see",
    },
    "meetings/rhythm.py": {
        "when the circle meets that another one prepares is what its rhythm hangs on",
    },
    "meetings/talks.py": {
        "the link in the letter is the speaker's key to this one talk",
    },
    "meetings/views/answers.py": {
        "the letter proves who this is",
    },
    "meetings/filters.py": {
        "what visitors can choose from is there for everyone",
    },
    "meetings/views/proposals.py": {
        "the link in the letter is the key to this one proposal",
    },
    "meetings/views/calendars.py": {
        "a feed shows what its owner may see",
        "a public feed is the same for everyone",
        "the secret in the address says whose feed it is",
    },
    "meetings/views/material.py": {
        "the address was made for this member, ten minutes ago at most",
    },
    "members/actions.py": {
        "a known domain is in at once, everyone else asks",
        "a proven address opens the circle of its government",
        "a trekker asked this very address",
        "people say in which language they read",
        "people say their own name and function",
        "the queue at a circle is nobody's own",
        "whether an address has a profile is not the trekker's to know",
        "who leaves ends their own place",
        "who lets people in must know that a proof is gone",
        "who was asked answers",
    },
    "members/people.py": {
        "who leads a circle is known to everyone in it",
    },
}


def switches(module: ast.Module) -> list[str]:
    """The reasons given to ``as_system`` and ``switch_actor``; "?" for one that is not written out."""
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called in ("as_system", "switch_actor"):
                because = [word.value for word in node.keywords if word.arg == "because"] or node.args[:1]
                reason = because[0] if because else None
                found.append(str(reason.value) if isinstance(reason, ast.Constant) else "?")
    return found


def test_every_switch_of_actor_is_known():
    found = {name(path): set(switches(tree(path))) for path in our_files() if path.name != "wall.py"}
    assert {path: reasons for path, reasons in found.items() if reasons} == SWITCHES


def test_a_switch_would_be_seen():
    source = 'with wall.as_system("a"): pass\nwith switch_actor(x, because="b"): pass\nwith as_system(reason): pass'
    assert switches(ast.parse(source)) == ["a", "b", "?"]


SCOPES = ("acting_as", "as_system", "switch_actor")


def is_context_manager(node: ast.AST) -> bool:
    """Standing still inside is what such a function is for: its block is what the scope holds."""
    return any("contextmanager" in ast.unparse(each) for each in getattr(node, "decorator_list", []))


def leaky(node: ast.AST) -> list[int]:
    """Lines where a generator stands still inside a scope: whoever reads it would act as another between two rows."""
    if is_context_manager(node):
        return []
    found = []
    if isinstance(node, ast.With):
        calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
        if {getattr(call.func, "id", getattr(call.func, "attr", "")) for call in calls} & set(SCOPES):
            found = [each.lineno for each in ast.walk(node) if isinstance(each, (ast.Yield, ast.YieldFrom))]
    return found + [line for child in ast.iter_child_nodes(node) for line in leaky(child)]


def test_no_generator_stands_still_inside_a_scope():
    assert {name(path): leaky(tree(path)) for path in our_files() if leaky(tree(path))} == {}


def test_a_generator_in_a_scope_would_be_seen():
    rows = 'def rows():\n    with as_system("x"):\n        yield 1'
    assert leaky(ast.parse(rows)) == [3]
    assert leaky(ast.parse(f"@contextmanager\n{rows}")) == []
