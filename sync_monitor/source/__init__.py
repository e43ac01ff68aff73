"""Oracle, as the monitor asks it: dictionary, newest row, and the rows of a partition."""
