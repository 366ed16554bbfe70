"""Bodies of records: the addresses in Markdown, MDX and HTML, each with its exact place."""
