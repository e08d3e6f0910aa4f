"""The REST routes: requests in, responses out."""
