"""The documents of a publication, each made of scores, roles and records; nothing is worked out a second time."""
