"""The workbooks: the only package that reads and writes .xlsx files."""
