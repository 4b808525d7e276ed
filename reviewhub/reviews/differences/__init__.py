"""What is different between two versions of a case. Pure: values come in, differences go out.

What the AI says of a case is not the case: it is left out on both sides, so that no difference can tell it.
"""

from reviewhub.reviews.differences.changes import MOST, Change, changes_between
from reviewhub.reviews.differences.content import Content, content_hash, content_of
from reviewhub.reviews.differences.words import Piece, words_between

__all__ = ["MOST", "Change", "Content", "Piece", "changes_between", "content_hash", "content_of", "words_between"]
