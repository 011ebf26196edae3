"""Small experiments of the systems of the survey."""
