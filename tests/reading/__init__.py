"""How the code reads, in numbers. `make lint` holds the budgets."""
