"""The measured comparisons: how fast, beside the machine's limit and what people would write."""
