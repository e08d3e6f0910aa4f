"""For operators: probes, health, metrics and latencies."""
