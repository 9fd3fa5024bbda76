"""The demo's post office: takes every letter by SMTP, delivers none, keeps all in a Maildir for `/demo/post/`.

python -m kenniskring.demo.sink PORT FOLDER
"""

from __future__ import annotations

import asyncio
import email.utils
import itertools
import os
import signal
import sys
import time
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.smtp import SMTP


class Keeper:
    """Keeps each letter. The file's time is the letter's own date, so that a folder listing is in order.

    Not by ``mailbox``: that waits for the disk at every letter, and nobody mourns the last letter of a demo.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder, self.numbers = Path(folder), itertools.count()
        for each in ("tmp", "new", "cur"):
            (self.folder / each).mkdir(parents=True, exist_ok=True)

    def keep(self, content: bytes, to: str) -> None:
        name = f"{time.time_ns()}.{os.getpid()}_{next(self.numbers)}.demo"
        written = self.folder / "tmp" / name
        written.write_bytes(b"X-Envelope-To: " + to.encode() + b"\r\n" + content)
        if date := BytesHeaderParser().parsebytes(content)["Date"]:
            then = email.utils.parsedate_to_datetime(date).timestamp()
            os.utime(written, (then, then))
        written.rename(self.folder / "new" / name)

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        self.keep(envelope.content, ", ".join(envelope.rcpt_tos))
        return "250 Kept"


async def serve(port: int, folder: str) -> None:
    """Listen on the loopback interface until told to stop."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for told in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(told, stop.set)
    keeper = Keeper(folder)
    server = await loop.create_server(
        lambda: SMTP(keeper, enable_SMTPUTF8=True, data_size_limit=None), "127.0.0.1", port
    )
    async with server:
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
