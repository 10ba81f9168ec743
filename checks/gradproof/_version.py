"""The version, in the one place that the build reads as well."""

__version__ = "0.1.0"
