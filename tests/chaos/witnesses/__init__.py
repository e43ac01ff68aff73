"""Who sees what a round does, and whether it has come to rest."""
