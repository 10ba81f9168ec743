"""What to examine a gradient on: arrays as awkward as data gets, and whole argument lists made of them.

Hypothesis strategies, and they shrink: towards short axes, the scale 1 and entries that print short. Every awkward
feature can be switched off, for functions whose domain excludes it.
"""

from gradproof.strategies._arguments import arguments
from gradproof.strategies._arrays import arrays
from gradproof.strategies._classes import labels, probabilities
from gradproof.strategies._shapes import batches, shapes

__all__ = ["arguments", "arrays", "batches", "labels", "probabilities", "shapes"]
