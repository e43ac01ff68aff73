"""SQL that heals one issue, for a person to copy. It deletes nothing, and twice is as once."""
