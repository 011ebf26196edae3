"""Meshes: read, made up and drawn."""
