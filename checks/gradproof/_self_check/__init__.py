"""What gradproof can do on this machine: planted errors, causes, and bounds beside exact derivatives."""

from gradproof._self_check._run import SelfTest, self_test
from gradproof._self_check._told import as_plain, as_text

__all__ = ["SelfTest", "as_plain", "as_text", "self_test"]
