"""The rules as worksheet functions: one registry, read by Excel, LibreOffice and the headless engines."""
