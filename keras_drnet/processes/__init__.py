"""Processes that end with the one that started them, even if it is killed."""
