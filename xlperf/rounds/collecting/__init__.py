"""What comes back: opened, identified, examined, taken in, answered."""
