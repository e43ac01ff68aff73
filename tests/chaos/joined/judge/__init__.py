"""What only the whole can be judged by: that what fails for one pipeline fails for it alone."""
