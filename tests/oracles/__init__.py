"""The plain way of what the service does in a faster one: the tests hold its bytes against these, the benchmarks its speed."""
