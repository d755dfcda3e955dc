"""Scheme and data → scores and reasons; arithmetic only, no files."""
