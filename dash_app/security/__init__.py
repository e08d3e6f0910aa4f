"""Who may send a request, how often, and what a browser may do with the response."""
