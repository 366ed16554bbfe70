"""What is told: pure functions from reports to text and JSON Lines."""
