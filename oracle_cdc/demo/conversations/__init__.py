"""The demo of conversations: calls come in, summaries go back, and all of it balances."""
