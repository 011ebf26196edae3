"""Files that are written whole or not at all, on a disk or in object storage."""
