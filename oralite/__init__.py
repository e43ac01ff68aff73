"""An Oracle stand-in: speaks Oracle's client protocol on a socket, runs the SQL on SQLite."""
