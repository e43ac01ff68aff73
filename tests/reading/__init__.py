"""How the code reads, in numbers. tests/test_reading.py holds the budgets."""
