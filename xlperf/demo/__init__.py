"""Made-up rounds, to look at and to test with."""
