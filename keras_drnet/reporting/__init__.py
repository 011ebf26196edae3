"""The report of a run on one page: tables, figures and commands."""
