"""``python -m tests.house.words``: does the Dutch catalogue hold just the words that the code and templates use?

Part of ``make lint``: it needs gettext, which the tests do not.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

from .sources import ROOT, STAIRCASE

CATALOGUE = Path("locale/nl/LC_MESSAGES/django.po")
EXTRACT = ["makemessages", "--locale", "nl", "--no-location", "--no-obsolete", "--no-wrap", "--verbosity", "0"]


def extracted() -> polib.POFile:
    """The catalogue as ``make messages`` would make it now, in a copy of the project."""
    with tempfile.TemporaryDirectory() as folder:
        for name in [*STAIRCASE, "templates", "locale"]:
            if (ROOT / name).exists():
                shutil.copytree(ROOT / name, Path(folder, name))
        shutil.copy(ROOT / "manage.py", folder)
        subprocess.run([sys.executable, "manage.py", *EXTRACT], cwd=folder, check=True, env=os.environ)
        return polib.pofile(str(Path(folder, CATALOGUE)))


def words(catalogue: polib.POFile) -> set[tuple[str | None, str]]:
    return {(entry.msgctxt, entry.msgid) for entry in catalogue if not entry.obsolete}


def main() -> int:
    if not shutil.which("xgettext"):
        sys.stdout.write("gettext is not installed (Debian: apt-get install gettext).\n")
        return 1
    ours, fresh = polib.pofile(str(ROOT / CATALOGUE)), extracted()
    complaints = {
        "not in the catalogue": words(fresh) - words(ours),
        "in the catalogue and nowhere used": words(ours) - words(fresh),
        "without a translation": words(ours)
        & words(fresh)
        & {(e.msgctxt, e.msgid) for e in ours.untranslated_entries()},
        "doubtful (fuzzy)": {(e.msgctxt, e.msgid) for e in ours.fuzzy_entries()},
    }
    for complaint, found in complaints.items():
        for _, word in sorted(found, key=str):
            sys.stdout.write(f"{complaint}: {word!r}\n")
    return int(any(complaints.values()))


if __name__ == "__main__":
    sys.exit(main())
