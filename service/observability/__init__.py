"""What an operator sees: log lines, metrics for Prometheus, and traces where they are asked for."""
