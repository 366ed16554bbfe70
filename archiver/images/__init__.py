"""Images: what their bytes are, what is wrong with them, how alike two are, and thumbnails of them."""

from archiver.images.hashes import same_picture
from archiver.images.pool import Pool

__all__ = ["Pool", "same_picture"]
