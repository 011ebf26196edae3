"""Video predictors: past frames in, future frames out."""
