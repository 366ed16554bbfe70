"""Images: what their bytes are, what is wrong with them, how alike two are, and thumbnails of them.

What decodes runs in subprocesses; nothing that is imported here imports a decoder.
"""

from archiver.images.cautions import image_warnings
from archiver.images.likeness import same_picture
from archiver.images.placeholders import SeenImage, placeholders
from archiver.images.pool import Pool

__all__ = ["Pool", "SeenImage", "image_warnings", "placeholders", "same_picture"]
