"""Python runs this first in every process that the tests start: those stay on this host as well."""

import os
from pathlib import Path

from tests.support.network import stay_here

stay_here(Path(os.environ["OUTSIDE_REQUESTS"]))
