"""The door (nginx) with the configuration of docker-compose.yml, and the name server that Docker would be."""

from __future__ import annotations

import os
import re
import shutil
import socket
import threading
from pathlib import Path

from . import composition

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
NOWHERE = "127.0.0.99"
"""Of this machine, and nobody listens there."""


class Names:
    """A name server that knows ``web`` alone, and says as Docker does that its answer holds for ten minutes."""

    def __init__(self, *webs: str) -> None:
        self.webs = webs
        self.asked: set[tuple[str, int]] = set()
        self.line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.line.bind(("127.0.0.1", 0))
        self.port = self.line.getsockname()[1]
        self.thread = threading.Thread(target=self._answer, daemon=True)  # a test that fails hangs on nobody
        self.thread.start()

    def _answer(self) -> None:
        """RFC 1035, 4.1: the question comes back, and after it an address each."""
        while True:
            asked, whom = self.line.recvfrom(512)
            if not asked:
                return
            name, kind = asked[13 : 13 + asked[12]].decode(), int.from_bytes(asked[-4:-2])
            self.asked.add((name, kind))
            webs = self.webs if (name, kind) == ("web", 1) else ()
            head = asked[:2] + b"\x81\x80" + asked[4:6] + len(webs).to_bytes(2) + bytes(4)
            each = [b"\xc0\x0c" + asked[-4:] + (600).to_bytes(4) + b"\0\4" + socket.inet_aton(web) for web in webs]
            self.line.sendto(head + asked[12:] + b"".join(each), whom)

    def stop(self) -> None:
        self.line.sendto(b"", ("127.0.0.1", self.port))
        self.thread.join()
        self.line.close()


def words(names: Names, web: int, port: int, folder: Path, instead: dict[str, str] | None = None) -> list[str]:
    """The command line of the door, with its ports and folder, and ``instead``, in the place of those in the file."""
    text = composition.config("door")
    here = {
        "resolver 127.0.0.11 ": f"resolver 127.0.0.1:{names.port} ",
        "web:8000": f"web:{web}",
        "listen 8000": f"listen 127.0.0.1:{port}",
    }
    for written, ours in (here | (instead or {})).items():
        assert text.count(written) == 1, written
        text = text.replace(written, ours)
    (folder / "conf").write_text(text.replace("/tmp/", f"{folder}/"))
    _, *rest, _ = composition.raw()["services"]["door"]["entrypoint"]
    return [str(NGINX), *rest, str(folder / "conf")]


def proxy_words(door: int, port: int, folder: Path) -> list[str]:
    """The command line of nginx with the proxy of the manual before that door; TLS it leaves out."""
    found = re.search(r"^( +)(server \{\n(?:\1 .*\n|\n)+\1\})", composition.OPERATIONS.read_text(), re.MULTILINE)
    assert found
    block = found[2]
    here = {"listen 443 ssl": f"listen 127.0.0.1:{port}", "http://127.0.0.1:8000": f"http://127.0.0.1:{door}"}
    for written, ours in here.items():
        assert block.count(written) == 1, written
        block = block.replace(written, ours)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    text = f"daemon off; pid {folder}/pid; events {{}} http {{ access_log off; {places}\n{block}\n}}"
    (folder / "conf").write_text(text)
    return [str(NGINX), "-e", "stderr", "-c", str(folder / "conf")]
