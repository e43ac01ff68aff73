"""One file per kind of figure; each measures and says whether its target is reached."""
