"""Events: rows of any table of Oracle, as they are published."""
