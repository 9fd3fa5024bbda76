"""A server that only says ok: what the load generator and gunicorn can do at most."""


def application(environ, start_response):
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]
