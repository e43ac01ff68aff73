"""The demo of row changes: a schema that is changed, and a consumer that has the same rows."""
