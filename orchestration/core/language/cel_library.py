"""The library of the Common Expression Language, without its command line: whose packages (a prompt, colours, tables)
would be 12 MB of every process that never shows them."""

from __future__ import annotations

import sys
from types import ModuleType

_COMMAND_LINE = "cel.cli"  # imported by the package itself

if _COMMAND_LINE in sys.modules:
    import cel
else:
    sys.modules[_COMMAND_LINE] = ModuleType(_COMMAND_LINE)
    try:
        import cel
    finally:
        del sys.modules[_COMMAND_LINE]

__all__ = ["cel"]
