"""Verdicts: what one check tells of its target, and what its whole history tells. Pure."""
