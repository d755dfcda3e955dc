"""What several tests need: small schemes, rounds, judges, random rows."""
