"""The REST routes: reading requests, building responses, and the document that describes them."""
