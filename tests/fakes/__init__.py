"""Local servers that speak the protocol of each platform, for tests and benchmarks."""
