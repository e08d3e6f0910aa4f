"""Tests in a real Chromium, at an address that is no secure context, as phones see it."""
