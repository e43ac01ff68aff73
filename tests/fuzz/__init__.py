"""Bytes that others write, made at random, and what each decoder may make of them."""
