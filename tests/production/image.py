"""The Dockerfile and .dockerignore, read, and carried out as far as that goes without an engine."""

from __future__ import annotations

import fcntl
import fnmatch
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath

from tests.house.sources import ROOT

LAYERS = ROOT / ".local/test/image"
"""What takes long to make, by what it was made from."""


@dataclass
class Stage:
    """From one FROM to the next."""

    base: str
    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)

    def all(self, instruction: str) -> list[str]:
        return [text for verb, text in self.steps if verb == instruction]

    def run(self, what: str) -> str:
        """The one RUN with these words in it."""
        (found,) = [text for text in self.all("RUN") if what in text]
        return found

    @property
    def environment(self) -> dict[str, str]:
        pairs = [pair.partition("=") for text in self.all("ENV") for pair in shlex.split(text)]
        return {name: value for name, _, value in pairs}


@cache
def dockerfile() -> tuple[dict[str, str], list[Stage]]:
    """The arguments with their defaults, and the stages."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = [line for line in re.sub(r"\\\n\s*", "", text).splitlines() if line.strip()]
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    for line in lines:
        verb, _, rest = line.partition(" ")
        if verb == "FROM":
            base, _, name = rest.partition(" AS ")
            stages.append(Stage(base.strip(), name.strip()))
        elif not stages:
            assert verb == "ARG", line
            name, _, default = rest.partition("=")
            arguments[name] = default
        else:
            stages[-1].steps.append((verb, rest.strip()))
    return arguments, stages


# --- What gets into the image ---------------------------------------------------------------------------------------


def _matches(path: PurePosixPath, pattern: str) -> bool:
    """Docker's rule: a pattern takes a path, and everything below it; ** is any number of folders."""
    for part in [path, *path.parents]:
        if pattern.startswith("**/"):
            if fnmatch.fnmatch(part.name, pattern.removeprefix("**/")):
                return True
        elif fnmatch.fnmatch(str(part), pattern) and str(part).count("/") == pattern.count("/"):
            return True
    return False


def is_ignored(path: str) -> bool:
    """Whether .dockerignore keeps this path out; the last line that matches decides."""
    lines = [line.strip() for line in (ROOT / ".dockerignore").read_text().splitlines()]
    ignored = False
    for line in lines:
        if line and not line.startswith("#") and _matches(PurePosixPath(path), line.removeprefix("!")):
            ignored = not line.startswith("!")
    return ignored


def context() -> list[str]:
    """What COPY . . takes along, as paths from the root. Only .local, .venv and the like are not even looked at."""
    found = []
    for folder, folders, files in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT)
        folders[:] = [name for name in folders if name not in {".git", ".local", ".venv", "__pycache__"}]
        found += [str(here / name) for name in files if not is_ignored(str(here / name))]
    return sorted(found)


def variables_of_the_code() -> set[str]:
    """Every name that the portal reads from the environment."""
    asked = re.compile(r"""env(?:iron)?(?:\.get|\.setdefault)?[(\[]\s*"([A-Z_]+)"|"([A-Z_]+)" in os\.environ""")
    texts = [(ROOT / path).read_text() for path in context() if path.endswith(".py")]
    return {first or second for text in texts for first, second in asked.findall(text)}


# --- Building -------------------------------------------------------------------------------------------------------


def _layer(name: str, made_from: list[Path], make: Callable[[Path], None]) -> Path:
    """A folder made once for these files, whoever asks at the same time."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(made_from):
        digest.update(path.read_bytes())
    folder = LAYERS / f"{name}-{digest.hexdigest()[:12]}"
    LAYERS.mkdir(parents=True, exist_ok=True)
    with open(LAYERS / f"{name}.lock", "w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        if not (folder / ".made").exists():
            for former in LAYERS.glob(f"{name}-*"):
                shutil.rmtree(former)
            make(folder)
            (folder / ".made").touch()
    return folder


def _carry_out(command: str, app: Path, **environment: str) -> None:
    """A RUN line of the builder, with ``app`` in the place of /app."""
    path = f"{ROOT}/.local/uv/bin:{os.environ['PATH']}"
    ours = variables_of_the_code()
    known = {name: value for name, value in os.environ.items() if name not in ours}
    done = subprocess.run(
        ["sh", "-ec", command.replace("/app", str(app))],
        cwd=app,
        env=known | {"PATH": path} | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def build(app: Path) -> None:
    """Make in ``app`` what the image has in /app, by the lines of the Dockerfile itself.

    The packages and the static files are links to where they are kept between runs.
    """
    builder = dockerfile()[1][0]
    of_packages = [ROOT / "Dockerfile", ROOT / "uv.lock", ROOT / "pyproject.toml"]
    of_static = [ROOT / path for path in context() if path.startswith("static/")]

    def packages(folder: Path) -> None:
        folder.mkdir()
        for source in builder.all("COPY")[0].split()[:-1]:
            shutil.copy(ROOT / source, folder)
        variables = {name: value.replace("/app", str(folder)) for name, value in builder.environment.items()}
        variables |= {"UV_NO_CACHE": "0", "UV_PYTHON": sys._base_executable}  # type: ignore[attr-defined]
        _carry_out(builder.run("uv sync"), folder, **variables)

    def collected(folder: Path) -> None:
        _carry_out(builder.run("collectstatic"), app)
        (app / "collected").rename(folder)

    for path in context():
        (app / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, app / path)
    (app / ".venv").symlink_to(_layer("packages", of_packages, packages) / ".venv")
    (app / "collected").symlink_to(_layer("static", of_packages + of_static, collected))
    _carry_out(builder.run("compileall"), app)


def snapshot(app: Path) -> set[tuple[str, int]]:
    """Every file and folder of an image with the time of its last change, packages included."""
    found = set()
    for folder, folders, files in os.walk(app, followlinks=True):
        for name in [*folders, *files]:
            path = Path(folder, name)
            found.add((str(path.relative_to(app)), path.lstat().st_mtime_ns))
    return found
