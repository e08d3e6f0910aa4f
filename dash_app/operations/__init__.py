"""For operators: probes, health and metrics."""
