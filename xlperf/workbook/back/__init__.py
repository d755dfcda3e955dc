"""Books that come back: guarded, read, filled, recalculated."""
