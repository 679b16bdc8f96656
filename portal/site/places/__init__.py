"""Pages and fragments about places and counters; all public."""
