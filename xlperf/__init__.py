"""Score workbooks from an appraisal regulation: scheme, plan, scores, sheets, reasons, rounds."""

__version__ = "0.1.0"
