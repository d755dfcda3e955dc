"""What is appraised: records, parsing and linting of scheme files."""
