"""Counting, pure: what a record says, what repeats, totals, bins and checkpoints."""
