"""One file per kind of figure, which measures and says whether its target is reached."""
