"""Records of answers: what terminal, workbook and page all show, each with its shape as JSON."""
