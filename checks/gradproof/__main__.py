"""``python -m gradproof``: the `gradproof` command."""

import sys

from gradproof._command_line import main

if __name__ == "__main__":
    sys.exit(main())
