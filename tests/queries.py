"""Counts what a page asks of PostgreSQL; to say who is asking is not among it (see ``regions.wall``)."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

BOOKKEEPING = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")


def queries_of(client: Client, path: str) -> int:
    """Queries of one visit; SAVEPOINT stands for BEGIN because tests run in a transaction."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200, response.status_code
    return sum(not query["sql"].startswith(BOOKKEEPING) for query in captured.captured_queries)
