"""Images: what their bytes are, what is wrong with them, how alike two are, and thumbnails of them.

`pool` is the way in: what decodes runs in its subprocesses, and nothing that it imports does. Nothing is imported here:
each child would wait for it.
"""
