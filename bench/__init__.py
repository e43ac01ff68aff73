"""The measured comparisons: how fast, beside what the machine can do and beside what people would otherwise write."""
