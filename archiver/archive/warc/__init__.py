"""WARC 1.1 (ISO 28500:2017): building, writing and reading the records of captures."""
