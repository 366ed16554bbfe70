"""One polite visit: names, addresses, the transport, retries and pacing. Knows nothing of records or archives."""
