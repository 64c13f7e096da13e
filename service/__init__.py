"""The running program: config, tick, threads, command line, web."""
