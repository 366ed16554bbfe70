"""Pages we wrote to calibrate verdicts with: from templates, in eight languages, the same at every call.

They are synthetic: what holds for them need not hold for the web. Half of the wordings and layouts are for tuning, the
other half was held back.
"""

from tests.corpus.cases import Case, Half, Truth, cases

__all__ = ["Case", "Half", "Truth", "cases"]
