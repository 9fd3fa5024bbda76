"""Is this process well? `python -I kenniskring/healthy.py web` or `… pulse`: exit code 0 when it is, 1 when not.

A script of its own that imports nothing of ours: it is run every few seconds in every container.
"""

from __future__ import annotations

import http.client
import os
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

PATIENCE = 5  # seconds for a page that says whether people can be sent here
LATE = 60  # seconds; both show one every second or two


def web(port: int) -> str:
    """What is wrong with the web process on this machine; nothing when it is ready for people."""
    # The name by which people know us: any other is refused.
    named = {"Host": urlsplit(os.environ["BASE_URL"]).netloc}
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        asked.request("GET", "/healthz/ready", headers=named)
        answer = asked.getresponse()
        return "" if answer.status == 200 else f"{answer.status} {answer.read(500).decode(errors='replace')}"
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {error or type(error).__name__}"
    finally:
        asked.close()


def pulse(file: Path) -> str:
    """What is wrong with a worker or beat: how long ago it showed a sign of life (kenniskring/pulse.py)."""
    try:
        age = time.time() - file.stat().st_mtime
    except FileNotFoundError:
        return "no sign of life yet"
    return "" if age < LATE else f"last sign of life {age:.0f} s ago"


def main() -> str:
    match sys.argv[1:]:
        case ["web", *port]:
            return web(int(port[0]) if port else 8000)
        case ["pulse"]:
            return pulse(Path(os.environ["PULSE_FILE"]))
    return f"Usage: {Path(__file__).name} web [port] | pulse"


if __name__ == "__main__":
    sys.exit(main() or 0)
