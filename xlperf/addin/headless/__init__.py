"""Workbooks recalculated without a spreadsheet program."""
