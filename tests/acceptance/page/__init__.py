"""The monitor's page as a person sees it: in a real browser, of a process, at a thousand syncs."""
