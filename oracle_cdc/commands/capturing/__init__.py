"""What `changes ACTION` does: captures tables, and shows, snapshots and ends that."""
