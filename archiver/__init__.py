"""Checks every link and image of article records, and remembers what it saw."""

__version__ = "0.1.0"
