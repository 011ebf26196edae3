"""Files on a disk or in object storage."""
