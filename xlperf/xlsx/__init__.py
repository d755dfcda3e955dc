"""Workbook files as zip and XML, with the standard library only."""
