"""The parts of `demo`: stand-ins and service as child processes, calls, and the balance."""
