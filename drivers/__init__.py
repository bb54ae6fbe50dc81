"""The scanners. Knows neither app nor ui; only a worker process loads a backend."""
