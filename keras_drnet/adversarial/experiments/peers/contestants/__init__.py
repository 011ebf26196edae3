"""Contestants: ours, and peers in a Python of their own, each trained in a process.

A contestant is a module with `PACKAGES`, whose versions are kept, and two functions:
`fit(data, **settings)`, which is timed, trains on arrays and returns a model;
`outputs(model, data)` returns a dict of arrays. Those of the peers import the peer,
NumPy and the standard library alone.
"""
