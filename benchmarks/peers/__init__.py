"""Programs of other engines that do the same work, each run by an environment of its own."""
