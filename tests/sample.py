"""How much of the long walks is walked: all of it, or, with ``WALKS=some`` as in `.ci/run`, a part chosen by name.

The names are the same in every run, so what is left out does not change from one run to the next.
"""

import os
from zlib import crc32

ALL = os.environ.get("WALKS") != "some"


def is_in(name: str, one_in: int) -> bool:
    """Whether this one is walked; one in ``one_in`` is, when not all are."""
    return ALL or crc32(name.encode()) % one_in == 0
