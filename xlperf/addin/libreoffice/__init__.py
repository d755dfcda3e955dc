"""The extension for LibreOffice."""
