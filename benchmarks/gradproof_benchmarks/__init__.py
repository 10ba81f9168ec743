"""The gate that catches the commit which made things slower, over an asv suite."""
