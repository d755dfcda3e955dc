"""stub"""
LINT = ()
