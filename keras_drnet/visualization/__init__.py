"""Images, videos and plots."""
