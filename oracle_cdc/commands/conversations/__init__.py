"""What the commands do for conversations, one file per command."""
