"""The clerk's desk: one page over a round's folder, served on this machine or with the engine inside."""
