"""Looks: both sides of one sync asked, partition by partition, and what that comes to."""
