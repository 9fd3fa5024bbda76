"""One process of one service of docker-compose.yml."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

PATIENCE = 240
"""Seconds that a busy machine may take over what takes a quiet one five."""

VALKEY_CLI = """
import socket, sys
_, _, port, word = sys.argv
line = socket.create_connection(("127.0.0.1", port), 5)
line.sendall(f"{word}\\r\\n".encode())
sys.exit(line.recv(7) != b"+PONG\\r\\n")
"""
"""For ``valkey-cli``, which is in no wheel: sends the same word, and expects the same answer."""

SAID = {"curl": {0, 7, 22}, "pg_isready": {0, 1, 2}}
"""How checks end that did what they are for: well, nobody there, or not well."""


@dataclass
class Container:
    """And what it was started with."""

    service: str
    composed: dict[str, Any]  # what stands in the file about this service
    process: subprocess.Popen[bytes]
    home: Path  # WORKDIR
    port: int
    tmp: Path
    log: Path
    environment: dict[str, str]

    def stop(self) -> int:
        """SIGTERM, as Docker does; the exit code."""
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def memory(self) -> list[int]:
        """MiB that each of its processes holds, shared pages counted for their part."""
        family = [psutil.Process(self.process.pid)]
        family += family[0].children(recursive=True)
        return [each.memory_full_info().pss // 2**20 for each in family]

    def is_healthy(self) -> bool:
        """What the health check of the service says, asked at the port that it has here."""
        _, *words = self.composed["healthcheck"]["test"]
        words = [word.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}") for word in words]
        if words[-1] == "web":
            words.append(str(self.port))
        if words[0] == "valkey-cli":
            there = shutil.which("valkey-cli")
            words = [*([there] if there else [sys.executable, "-c", VALKEY_CLI]), "-p", str(self.port), *words[1:]]
        done = subprocess.run(words, cwd=self.home, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode in SAID.get(words[0], {0, 1}), done.stderr
        return done.returncode == 0
