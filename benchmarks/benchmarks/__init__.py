"""The asv suite: one file per subject, data seeded in setup, a version that changes when the work measured does.

Files import the packages and not names out of them, so that they load under older commits too; a benchmark of
something that a commit lacks then fails alone.
"""
