"""Flow cells: the ledger of each, its checks, and the clock of its warranty."""
