"""An article to advisories with evidence: pure, from rules and lexicons that are data.

    article → gate → text → tags → mentions → heads → frames → binding → advisories

Who reads the rules from their files is `advisor.config`; what becomes of the answers is `advisor.correlate`.
"""

from advisor.detect.detector import LONGEST, Detector
from advisor.detect.knowledge import Knowledge
from advisor.detect.reading import Reading

__all__ = ["LONGEST", "Detector", "Knowledge", "Reading"]
