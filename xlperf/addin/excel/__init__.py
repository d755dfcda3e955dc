"""The macros and functions for Excel."""
