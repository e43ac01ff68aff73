"""How near the stand-in's SQL is to Oracle's: statements with their right answers, written by hand
and generated."""
