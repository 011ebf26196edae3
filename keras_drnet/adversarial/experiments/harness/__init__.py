"""What all experiments share: rows and seeds, records, plots, tables."""
