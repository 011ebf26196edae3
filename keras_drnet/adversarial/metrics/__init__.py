"""What codes and predictions are judged by: new networks, never the adversary."""
