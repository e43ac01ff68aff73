"""The parts of `demo`: stand-ins and service as child processes, calls that arrive, and the balance."""
