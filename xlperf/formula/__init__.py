"""A small language of operations: one expression, read by four faces (exact, array, Excel text, reason)."""
