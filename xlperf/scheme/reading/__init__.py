"""Scheme files read into nodes and tables."""
