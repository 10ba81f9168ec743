"""Planted errors: what catches them, and what does not."""

from gradproof._mutate._report import MutationReport, PlantedError
from gradproof._mutate._score import mutate

__all__ = ["MutationReport", "PlantedError", "mutate"]
