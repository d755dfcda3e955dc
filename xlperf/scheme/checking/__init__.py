"""Schemes held against themselves and against the paper."""
