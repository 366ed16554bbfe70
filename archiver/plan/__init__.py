"""What to ask next: redirect chains, and hops in host queues. Pure: no clock, no network."""
