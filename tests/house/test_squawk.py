"""The lint of migrations sees what would hold up people, and lets pass what a migration answers for."""

import pytest

from .squawk import ALLOWED, complaints


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ('ALTER TABLE "meetings_meeting" DROP COLUMN "title"', "ban-drop-column"),
        ('ALTER TABLE "meetings_meeting" RENAME COLUMN "title" TO "name"', "renaming-column"),
        ('ALTER TABLE "meetings_meeting" ADD COLUMN "room" text NOT NULL', "adding-required-field"),
        ('CREATE INDEX "by_title" ON "meetings_meeting" ("title")', "require-concurrent-index-creation"),
        ('ALTER TABLE "meetings_meeting" ALTER COLUMN "title" TYPE integer USING 1', "changing-column-type"),
    ],
)
def test_what_would_hold_up_people_is_seen(tmp_path, statement, rule):
    assert rule in complaints(f"{statement};", set(), tmp_path, "late")
    assert complaints(f"{statement};", {rule}, tmp_path, "late") == ""


def test_a_new_table_may_be_made(tmp_path):
    statements = 'CREATE TABLE "late" ("id" bigint NOT NULL PRIMARY KEY); CREATE INDEX "by_id" ON "late" ("id");'
    assert complaints(statements, set(), tmp_path, "late") == ""


def test_a_migration_answers_for_a_rule_with_a_reason():
    allowed = "# squawk: allow ban-drop-column because nothing has read it since 1.3\n"
    assert ALLOWED.findall(allowed) == ["ban-drop-column"]
    assert ALLOWED.findall("# squawk: allow ban-drop-column\n") == []
