"""The data dictionary's views: what tools look up about tables, users and the server."""
