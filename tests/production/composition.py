"""docker-compose.yml as the plugin would read it, with the .env that docs/operations.md tells to make."""

from __future__ import annotations

import re
import shlex
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.house.sources import ROOT

from .image import dockerfile

OPERATIONS = ROOT / "docs/operations.md"


def env_file(folder: Path) -> dict[str, str]:
    """Carry out the step of the manual that makes .env; what is in it then."""
    (step,) = re.findall(r"^( +)umask 077\n((?:\1.*\n)+?)\1END\n", OPERATIONS.read_text(), re.MULTILINE)
    script = re.sub(rf"^{step[0]}", "", step[1], flags=re.MULTILINE) + "END\n"
    subprocess.run(["bash", "-ec", script], cwd=folder, check=True)
    lines = (folder / ".env").read_text().splitlines()
    return {name: "".join(shlex.split(value)) for name, _, value in (line.partition("=") for line in lines)}


@cache
def raw() -> dict[str, Any]:
    """The file, before anything is filled in."""
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def filled_in(value: Any, variables: dict[str, str]) -> Any:
    """``value`` with ${NAME}, ${NAME:-default} and ${NAME:?} replaced. KeyError when one that must be set is not."""
    if isinstance(value, dict):
        return {key: filled_in(each, variables) for key, each in value.items()}
    if isinstance(value, list):
        return [filled_in(each, variables) for each in value]
    if not isinstance(value, str):
        return value

    def fill(found: re.Match[str]) -> str:
        name, default = found["name"], found["default"]
        return variables[name] if default is None else variables.get(name) or default

    assert "$" not in re.sub(r"\$\$|\$\{", "", value), f"compose refuses a lone $: {value}"
    return re.sub(r"\$\{(?P<name>\w+)(?::\?|:-(?P<default>[^}]*))?\}", fill, value).replace("$$", "$")


def services(variables: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Every service with everything filled in; what of its environment is not set is left out."""
    filled = filled_in(raw()["services"], variables)
    for service in filled.values():
        given = service.get("environment", {})
        service["environment"] = {
            name: variables.get(name) if value is None else str(value)
            for name, value in given.items()
            if value is not None or name in variables
        }
    return filled


def config(name: str) -> str:
    """What stands in this file that compose makes by itself."""
    return filled_in(raw()["configs"][name]["content"], {})


def is_portal(service: dict[str, Any]) -> bool:
    return "build" in service


def command_of(service: dict[str, Any]) -> list[str]:
    """Its own command line, or that of the image."""
    final = dockerfile()[1][-1]
    return service.get("command") or yaml.safe_load(final.all("CMD")[0])
