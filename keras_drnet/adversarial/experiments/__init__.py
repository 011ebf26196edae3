"""The small experiment of each system of the survey."""
