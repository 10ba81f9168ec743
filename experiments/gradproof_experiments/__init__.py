"""Experiments that measure the lecture's claims, and the report made from them.

An experiment is ``run(config) -> results`` and ``plot(results) -> Figure``; only `report` touches the disk.
Start it with ``gradproof report`` or ``python -m gradproof report``.
"""

__all__: list[str] = []  # its modules are imported by name: the command line must not load pandas for --help
