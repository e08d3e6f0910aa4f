"""For whoever runs the site: probes and metrics."""
