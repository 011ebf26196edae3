"""What is in a code: probes, judges of swapped frames, a fresh discriminator."""
