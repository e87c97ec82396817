"""From scored frames to honest numbers: aggregation, measures, intervals, the metrics file."""
