"""Meshes: read from files, generated and rendered."""
