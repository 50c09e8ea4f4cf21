"""The benchmarks: the service beside raw answers of the same bytes, by the same server in the same run."""
