"""What is probably wrong, and what to do: rules always, with an answer that others can give too."""
