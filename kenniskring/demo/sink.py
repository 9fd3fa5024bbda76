"""The demo's post office: takes every letter by SMTP, delivers none, keeps all in a Maildir for `/demo/post/`.

python -m kenniskring.demo.sink PORT FOLDER
"""

from __future__ import annotations

import asyncio
import email.utils
import mailbox
import signal
import sys

from aiosmtpd.smtp import SMTP


class Keeper:
    """Keeps each letter. The file's time is the letter's own date, so that a folder listing is in order."""

    def __init__(self, folder: str) -> None:
        self.maildir = mailbox.Maildir(folder)

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        letter = mailbox.MaildirMessage(envelope.content)
        letter["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        if date := letter["Date"]:
            letter.set_date(email.utils.parsedate_to_datetime(date).timestamp())
        self.maildir.add(letter)
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
