"""What trained networks are measured by, on held-out clips."""
