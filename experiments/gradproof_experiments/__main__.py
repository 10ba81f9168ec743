"""Run one of the experiments' commands: ``python -m gradproof_experiments report``."""

from .command_line import main

if __name__ == "__main__":
    raise SystemExit(main())
