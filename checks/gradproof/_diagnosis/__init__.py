"""The cause of a wrong gradient, named only where the numbers leave no other reading."""

from gradproof._diagnosis._choose import diagnose
from gradproof._diagnosis._evidence import Diagnosis, Evidence

__all__ = ["Diagnosis", "Evidence", "diagnose"]
