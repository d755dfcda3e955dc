"""The books that people get: one module a kind of book or page."""
