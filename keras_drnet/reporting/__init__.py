"""The one-page report of a run: what was measured, the pictures, the commands."""
