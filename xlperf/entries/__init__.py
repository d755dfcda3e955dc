"""What people entered, judged the same whichever way it came."""
