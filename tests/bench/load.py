"""A load generator that costs little: one process, raw sockets, a new connection per request, as from a proxy.

``python -m tests.bench.load`` reads {"port", "seconds", "at_once", "requests"} as JSON, one question per line, and
answers each with {"answered", "seconds", "latencies", "bytes", "statuses"}. ``requests`` are sent in turn.
"""

from __future__ import annotations

import itertools
import json
import select
import socket
import sys
import time
from collections import Counter
from typing import Any


class Visit:
    """One request on its way."""

    def __init__(self, port: int, request: bytes) -> None:
        self.began = time.perf_counter()
        self.line = socket.create_connection(("127.0.0.1", port))
        self.line.sendall(request)
        self.size, self.status = 0, b""

    def read(self) -> bool:
        """Whether the answer is whole: the server closes the line."""
        piece = self.line.recv(1 << 18)
        if not self.status:
            self.status = piece[9:12]
        self.size += len(piece)
        return not piece


def run(port: int, seconds: float, at_once: int, requests: list[str]) -> dict[str, Any]:
    """Keep ``at_once`` requests going for so long, and wait for what is still under way."""
    turns = itertools.cycle([request.encode() for request in requests])
    poll, visits = select.epoll(), {}
    latencies: list[float] = []
    statuses: Counter[str] = Counter()
    size = 0

    def begin() -> None:
        visit = Visit(port, next(turns))
        visits[visit.line.fileno()] = visit
        poll.register(visit.line.fileno(), select.EPOLLIN)

    started = time.perf_counter()
    until = started + seconds
    for _ in range(at_once):
        begin()
    while visits:
        for number, _event in poll.poll(30):
            visit = visits[number]
            if not visit.read():
                continue
            poll.unregister(number)
            del visits[number]
            visit.line.close()
            now = time.perf_counter()
            latencies.append(now - visit.began)
            statuses[visit.status.decode()] += 1
            size = visit.size
            if now < until:
                begin()
    took = time.perf_counter() - started
    return {"answered": len(latencies), "seconds": took, "latencies": latencies, "bytes": size, "statuses": statuses}


def main() -> None:
    for line in sys.stdin:
        sys.stdout.write(json.dumps(run(**json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
