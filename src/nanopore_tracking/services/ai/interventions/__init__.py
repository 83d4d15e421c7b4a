"""What people do about readings that wait, run or failed: cancel them, repeat them, choose pages, give a password."""
