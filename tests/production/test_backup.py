"""A backup holds everything, and what is restored from it keeps circles as far apart. `make drill` is larger."""

import os
import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from kenniskring import servers
from tests.drill.rehearsal import Report, compare, rehearse
from tests.servers import ROOT
from tests.wall import world


@pytest.fixture
def folder():
    """Where PostgreSQL's own user may come."""
    made = Path(tempfile.mkdtemp(prefix="kenniskring-drill-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def test_what_is_restored_is_what_was_there_for_each_actor(committed, house, folder, figure):
    world.build()
    source, database = servers.start_postgres(ROOT / ".local/test/postgres"), os.environ["DATABASE_URL"]
    database = database.partition("@/")[2].partition("?")[0]
    media = folder / "kept"
    (media / "material").mkdir(parents=True)
    (media / "material" / "a").write_bytes(b"%PDF-1.7 ...")
    report = Report()
    target = rehearse(report, source, database, media, folder)
    try:
        assert report.differences == []
        figure("backup and restore: same rows for each actor", report.lines[-1][2])
        # And what is not as it was is seen: one row changed, one right, one wall.
        with psycopg.connect(servers.url(target, "postgres", database)) as admin:
            admin.execute(
                "UPDATE meetings_meeting SET title = 'Anders' WHERE id = (SELECT min(id) FROM meetings_meeting)"
            )
            admin.execute("GRANT TRUNCATE ON meetings_meeting TO kenniskring_app")
            admin.execute("ALTER POLICY meetings_wall_select ON meetings_meeting USING (true)")
        again = Report()
        compare(again, source, target, database)
        kinds = [difference.partition(":")[0] for difference in again.differences]
        assert kinds == ["tables", "policies", "The wall of meetings_meeting differs.", "rows", "what people see"]
    finally:
        target.cleanup()


def test_the_role_for_backups_reads_everything_and_writes_nothing(house):
    database = os.environ["DATABASE_URL"].replace("kenniskring_app", "kenniskring_backup")
    with psycopg.connect(database, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM app.seal").fetchone()[0] > 0
        for statement in ("DELETE FROM members_member", "CREATE TABLE x ()", "UPDATE app.seal SET inner_pad = ''"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
