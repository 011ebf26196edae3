"""Checks of what comes from outside; each raises `InputError`."""
