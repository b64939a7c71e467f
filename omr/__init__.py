"""Reads ticks on scanned paper forms (grows its public surface as the steps land)."""
