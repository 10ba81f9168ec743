"""Runs the declared sweeps in any number of processes, keeps every finished run, and computes none of them twice."""
